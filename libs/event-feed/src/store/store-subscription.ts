import { type StoredEvent } from '@balagh/case-events';
import { type Position, type RecordedEvent, type SubscriptionItem } from '@balagh/event-store';
import { backOffMs, pause } from '../delivery/back-off';
import { CaseConsumer, type ConsumerLimits } from '../delivery/case-consumer';
import { type DeliveryParts } from '../delivery/case-delivery';
import { failingReads } from '../delivery/failing-reads';
import { fromStore, unpublishedTypes, wantedTypes } from '../delivery/incoming';
import { savePeriodically } from '../delivery/save-periodically';
import { Watermark } from '../delivery/watermark';
import { type ConsumerLeases } from './consumer-lease';

const saveEveryMs = 1_000;
const lagCountedTo = 500;

/** One consumer on the store feed: waits for its lease, follows the store from its checkpoint, hands on, saves progress. */
export class StoreSubscription {
  private readonly stopping = new AbortController();
  private readonly consumer: CaseConsumer;
  private readonly types: readonly string[];
  /** Whoever takes all events of its topics reads what is not published, too: with every event of a case its process need not read the case again. */
  private readonly learned: readonly string[];
  private readonly ended: Promise<void>;
  private stopped: Promise<void> | undefined;
  /** Last position taken from the store; undefined while standing by. */
  private read: Position | undefined;

  constructor(
    private readonly parts: DeliveryParts,
    private readonly leases: Pick<ConsumerLeases, 'acquire' | 'release'>,
    limits: ConsumerLimits,
    private readonly learn: (event: RecordedEvent) => StoredEvent | undefined = () => undefined,
  ) {
    this.types = wantedTypes(parts.subscription);
    this.learned = parts.subscription.types === undefined ? unpublishedTypes : [];
    this.consumer = new CaseConsumer(parts, limits);
    this.ended = this.run();
  }

  /** Prompt: running handlers end, nothing more starts, progress is saved, the lease goes to the next replica. */
  stop(): Promise<void> {
    this.stopping.abort();
    return (this.stopped ??= this.consumer.stop().then(() => this.ended));
  }

  redrive(caseId: string): Promise<void> {
    return this.consumer.redrive(caseId);
  }

  /** What is taken and unfinished, and what waits in the store, counted to 500. */
  async lag(): Promise<number> {
    const after = this.read ?? (await this.parts.progress.checkpoint());
    const unfinished = this.consumer.unfinished;
    const filter = { categories: ['case'], types: this.types };
    const { events } = await this.parts.store.readAll({ after, filter, limit: lagCountedTo });
    return unfinished + events.length;
  }

  private async run(): Promise<void> {
    const { subscription, log } = this.parts;
    for (let failures = 0; !this.stopping.signal.aborted;) {
      const lost = await this.leases.acquire(subscription.consumer, this.stopping.signal);
      if (lost === undefined) return;
      try {
        await this.follow(AbortSignal.any([this.stopping.signal, lost]));
        failures = 0;
      } catch (err) {
        failures += 1;
        log.warn({
          event: 'feed.consumer.paused',
          consumer: subscription.consumer,
          failures,
          retryInMs: backOffMs(failures),
          err,
        });
        await pause(backOffMs(failures), this.stopping.signal);
      } finally {
        this.read = undefined;
        this.consumer.forget();
        await this.leases.release(subscription.consumer);
      }
    }
  }

  private async follow(signal: AbortSignal): Promise<void> {
    const { progress, store, subscription, log } = this.parts;
    const { consumer, gatherMs = 0 } = subscription;
    const onRetry = failingReads(log, { event: 'feed.consumer.paused', consumer });
    const after = await progress.checkpoint();
    const watermark = new Watermark<Position>();
    const saver = this.savePeriodically(watermark);
    this.read = after;
    try {
      const filter = { categories: ['case'], types: [...this.types, ...this.learned] };
      for await (const item of store.subscribe({ after, filter, signal, gatherMs, onRetry })) {
        this.take(item, watermark);
        while (!this.consumer.hasRoom && !signal.aborted) await this.consumer.room(1_000);
        if (signal.aborted) break;
      }
      if (this.stopping.signal.aborted) await this.consumer.stop();
    } finally {
      await saver.end();
    }
  }

  private take(item: SubscriptionItem, watermark: Watermark<Position>): void {
    const position = item.kind === 'event' ? item.event.position : item.position;
    const incoming =
      item.kind === 'event' ? fromStore(item.event, this.types, this.learn(item.event)) : undefined;
    this.read = position;
    if (incoming === undefined) watermark.pass(position);
    else this.consumer.offer(incoming, watermark.add(position));
  }

  private savePeriodically(watermark: Watermark<Position>): { end(): Promise<void> } {
    const { progress, log } = this.parts;
    let saved: Position | undefined;
    const save = async (): Promise<void> => {
      const position = watermark.low;
      if (position === undefined || position === saved) return;
      await progress.saveCheckpoint(position);
      saved = position;
    };
    return savePeriodically(saveEveryMs, save, (err) => {
      log.warn({ event: 'feed.checkpoint.not_saved', consumer: progress.consumer, err });
    });
  }
}
