import { type Topic } from '@balagh/case-events';
import { type ParkedCase } from '../event-feed.port';
import { backOffMs, pause, within } from './back-off';
import { CaseDelivery, type DeliveryParts } from './case-delivery';
import { CaseLanes } from './case-lanes';
import { faultCode } from './fault';
import { type FeedFaults } from './feed-faults';
import { type Incoming } from './incoming';
import { redriveCase } from './redrive';

export interface ConsumerLimits {
  /** Cases handled at the same time. Default 64: a page of the feed speaks of so many, and their rows travel together. */
  readonly concurrency?: number;
  /** Messages taken from the feed and not yet finished; the feed waits beyond it. Default 500. */
  readonly window?: number;
  /** See `LanesOptions.pick`. */
  readonly pick?: (topics: readonly Topic[]) => number;
  /** For drills only. */
  readonly faults?: FeedFaults | undefined;
}

interface Offered extends Incoming {
  readonly finished: () => void;
}

const handlersEndWithinMs = 10_000;

/**
 * Hands messages to the handler: per case in order, bounded concurrency and window. A retriable fault closes the gate: no
 * further message starts until the failed one got through.
 */
export class CaseConsumer {
  private readonly stopping = new AbortController();
  private readonly delivery: CaseDelivery;
  private readonly lanes: CaseLanes<Offered>;
  private readonly parts: DeliveryParts;
  private readonly window: number;
  private readonly faults: FeedFaults | undefined;
  private readonly roomWaiters = new Set<() => void>();
  private readonly gateWaiters: (() => void)[] = [];
  private failing = 0;
  private taken = 0;
  /** Items of an earlier turn are forgotten when they come to the front. */
  private turn = 0;

  constructor(parts: DeliveryParts, { concurrency = 64, window = 500, pick, faults }: ConsumerLimits = {}) {
    this.window = window;
    this.faults = faults;
    this.parts = disturbed(parts, faults);
    this.delivery = new CaseDelivery(this.parts);
    const choice = pick ?? faults?.pick;
    this.lanes = new CaseLanes<Offered>({
      concurrency,
      work: (item) => this.work(item),
      ...(choice === undefined ? {} : { pick: choice }),
    });
  }

  /** Takes a message; `finished` is called once its effect and note are durable, or it is parked or known. */
  offer(incoming: Incoming, finished: () => void): void {
    const { turn } = this;
    this.taken += 1;
    const leave = (): void => {
      if (turn !== this.turn) return;
      this.taken -= 1;
      finished();
      if (this.hasRoom) this.wakeForRoom();
    };
    this.lanes.push({ ...incoming, finished: leave });
    const again = this.faults?.repeatAfterMs();
    if (again !== undefined) setTimeout(() => this.repeat(incoming), again).unref();
  }

  private repeat(incoming: Incoming): void {
    if (!this.stopping.signal.aborted) this.lanes.push({ ...incoming, finished: () => undefined });
  }

  get hasRoom(): boolean {
    return this.taken < this.window;
  }

  /** Messages taken and not finished. */
  get unfinished(): number {
    return this.taken;
  }

  /** Resolves when there is room, the consumer stops, or after this many milliseconds. */
  async room(waitMs: number): Promise<void> {
    if (this.hasRoom || this.stopping.signal.aborted) return;
    let wake = (): void => undefined;
    const woken = new Promise<void>((resolve) => (wake = resolve));
    this.roomWaiters.add(wake);
    await within(waitMs, woken);
    this.roomWaiters.delete(wake);
  }

  private wakeForRoom(): void {
    for (const wake of this.roomWaiters) wake();
  }

  /** Forgets what was taken and not started, without finishing it: the feed will bring it again. */
  forget(): void {
    this.turn += 1;
    this.taken = 0;
    this.delivery.forget();
    this.lanes.drop();
    this.wakeForRoom();
  }

  /** Starts nothing more; waits for running handlers, at most 10 s. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.lanes.drop();
    for (const resolve of this.gateWaiters.splice(0)) resolve();
    this.wakeForRoom();
    if (!(await within(handlersEndWithinMs, this.lanes.idle()))) {
      this.parts.log.warn({ event: 'feed.consumer.stopped_late', consumer: this.parts.progress.consumer });
    }
  }

  async parked(): Promise<readonly ParkedCase[]> {
    return this.parts.progress.parked();
  }

  async redrive(caseId: string): Promise<void> {
    return this.lanes.alone(caseId, () => redriveCase(this.parts, this.delivery, caseId));
  }

  private async work(item: Offered): Promise<void> {
    const { signal } = this.stopping;
    await this.gate();
    for (let failures = 0; !signal.aborted;) {
      try {
        await this.delivery.deliver(item);
        if (failures > 0) this.resume();
        item.finished();
        return;
      } catch (error) {
        failures += 1;
        if (failures === 1) this.failing += 1;
        this.alarm(item, failures, error);
        await pause(backOffMs(failures), signal);
      }
    }
  }

  private async gate(): Promise<void> {
    while (this.failing > 0 && !this.stopping.signal.aborted) {
      await new Promise<void>((resolve) => this.gateWaiters.push(resolve));
    }
  }

  private resume(): void {
    this.failing -= 1;
    if (this.failing > 0) return;
    this.parts.log.info({ event: 'feed.consumer.resumed', consumer: this.parts.progress.consumer });
    for (const resolve of this.gateWaiters.splice(0)) resolve();
  }

  private alarm({ topic, caseId, revision }: Incoming, failures: number, err: unknown): void {
    const { progress, log } = this.parts;
    const retryInMs = backOffMs(failures);
    const code = faultCode(err);
    log.warn({
      event: 'feed.consumer.paused',
      consumer: progress.consumer,
      topic,
      caseId,
      revision,
      failures,
      retryInMs,
      code,
      err,
    });
  }
}

function disturbed(parts: DeliveryParts, faults: FeedFaults | undefined): DeliveryParts {
  if (faults === undefined) return parts;
  return { ...parts, subscription: { ...parts.subscription, handle: faults.around(parts.subscription) } };
}
