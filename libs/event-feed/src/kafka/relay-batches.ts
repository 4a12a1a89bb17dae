import { promisify } from 'node:util';
import { type Position, type SubscriptionItem } from '@balagh/event-store';
import { type Message } from 'kafkajs';

export interface Batch {
  readonly messages: Message[];
  /** Everything up to here is in this batch or an earlier one. */
  end: Position | undefined;
}

const maximum = 500;

const turn = promisify(setImmediate);

/** Gathers what is ready while the last batch is being sent; nothing waits for more to come than what was read with it. */
export class RelayBatches {
  private ready: Batch = { messages: [], end: undefined };
  private ended = false;
  private failure: unknown;
  private wake: () => void = () => undefined;
  private taken: () => void = () => undefined;

  constructor(
    items: AsyncIterable<SubscriptionItem>,
    private readonly translate: (item: SubscriptionItem) => Message | undefined,
    private readonly signal: AbortSignal,
  ) {
    signal.addEventListener('abort', () => this.finish(), { once: true });
    void this.read(items);
  }

  /** Waits until something is there; undefined at the end or when the signal aborts. @throws the source's error */
  async next(): Promise<Batch | undefined> {
    while (this.ready.end === undefined && !this.ended)
      await new Promise<void>((resolve) => (this.wake = resolve));
    // The events of one page, and often of one command, come in the same turn: the second must not wait for the request of the first.
    await turn();
    if (this.signal.aborted) return undefined;
    if (this.ready.end === undefined) {
      if (this.failure !== undefined) throw this.failure;
      return undefined;
    }
    const batch = this.ready;
    this.ready = { messages: [], end: undefined };
    this.taken();
    return batch;
  }

  private async read(items: AsyncIterable<SubscriptionItem>): Promise<void> {
    try {
      for await (const item of items) {
        const message = this.translate(item);
        if (message !== undefined) this.ready.messages.push(message);
        this.ready.end = item.kind === 'event' ? item.event.position : item.position;
        this.wake();
        if (this.ready.messages.length >= maximum)
          await new Promise<void>((resolve) => (this.taken = resolve));
        if (this.ended) return;
      }
    } catch (error) {
      this.failure = error;
    }
    this.finish();
  }

  private finish(): void {
    this.ended = true;
    this.wake();
    this.taken();
  }
}
