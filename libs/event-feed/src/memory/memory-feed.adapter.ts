import { type Topic } from '@balagh/case-events';
import { type EventStore, type Position } from '@balagh/event-store';
import { CaseDelivery, type DeliveryParts } from '../delivery/case-delivery';
import { type Incoming, checkSubscription, fromStore, wantedTypes } from '../delivery/incoming';
import { redriveCase } from '../delivery/redrive';
import { type EventFeed } from '../event-feed.port';
import { silentLog } from '../feed-log';
import { createMemoryProgress } from '../progress/memory-progress.adapter';
import { type FeedProgress } from '../progress/feed-progress.port';

/** The feed of specifications: delivers on demand, in one deterministic order, without timers. */
export interface MemoryFeed extends EventFeed {
  /**
   * Delivers everything published so far, and what handlers publish meanwhile, until all is quiet. Not to be called from a
   * handler.
   * @throws a handler's retriable fault; the next call delivers that message again
   */
  drain(): Promise<void>;
}

export interface MemoryFeedOptions {
  /** Which topic's oldest message goes next, as an index: shuffles across topics. Absent: the store's order. */
  readonly pick?: (topics: readonly Topic[]) => number;
}

export function createMemoryFeed(store: EventStore, { pick }: MemoryFeedOptions = {}): MemoryFeed {
  const remembered = new Map<string, FeedProgress>();
  const running = new Map<string, Pump>();
  let draining: Promise<void> = Promise.resolve();

  const drainAll = async (): Promise<void> => {
    for (let moved = true; moved;) {
      moved = false;
      for (const pump of [...running.values()]) moved = (await pump.run()) || moved;
    }
  };
  return {
    subscribe: async (subscription) => {
      checkSubscription(subscription);
      const { consumer } = subscription;
      if (running.has(consumer)) throw new Error(`${consumer} is subscribed already`);
      const progress = remembered.get(consumer) ?? createMemoryProgress(consumer);
      remembered.set(consumer, progress);
      const parts = { subscription, progress, store, log: silentLog };
      const pump = new Pump(parts, pick);
      running.set(consumer, pump);
      return {
        stop: async () => {
          running.delete(consumer);
        },
        lag: () => pump.lag(),
        parked: () => progress.parked(),
        redrive: (caseId) => redriveCase(parts, pump.delivery, caseId),
      };
    },
    drain: () => {
      const turn = draining.then(drainAll);
      draining = turn.catch(() => undefined);
      return turn;
    },
    close: async () => running.clear(),
  };
}

class Pump {
  readonly delivery: CaseDelivery;
  private readonly types: readonly string[];

  constructor(
    private readonly parts: DeliveryParts,
    private readonly pick: MemoryFeedOptions['pick'],
  ) {
    this.delivery = new CaseDelivery(parts);
    this.types = wantedTypes(parts.subscription);
  }

  /** Delivers one page; false when there was none. */
  async run(): Promise<boolean> {
    const page = await this.page();
    for (const incoming of this.shuffled(page.messages)) await this.delivery.deliver(incoming);
    await this.parts.progress.saveCheckpoint(page.checkpoint);
    return page.messages.length > 0;
  }

  async lag(): Promise<number> {
    return (await this.page()).messages.length;
  }

  private async page(): Promise<{ readonly messages: Incoming[]; readonly checkpoint: Position }> {
    const { progress, store } = this.parts;
    const filter = { categories: ['case'], types: this.types };
    const { events, checkpoint } = await store.readAll({
      after: await progress.checkpoint(),
      filter,
      limit: 500,
    });
    const messages = events.map((event) => fromStore(event, this.types)).filter((m) => m !== undefined);
    return { messages, checkpoint };
  }

  private *shuffled(messages: Incoming[]): Generator<Incoming> {
    const waiting = [...messages];
    while (waiting.length > 0) {
      const topics = [...new Set(waiting.map((m) => m.topic))];
      const topic = this.pick === undefined ? waiting[0]?.topic : (topics[this.pick(topics)] ?? topics[0]);
      yield* waiting.splice(
        waiting.findIndex((m) => m.topic === topic),
        1,
      );
    }
  }
}
