import { type StoredEvent } from '@balagh/case-events';
import { type EventStore, type RecordedEvent } from '@balagh/event-store';
import { type Pool } from 'pg';
import { type ConsumerLimits } from '../delivery/case-consumer';
import { checkSubscription } from '../delivery/incoming';
import { type EventFeed, type RunningSubscription } from '../event-feed.port';
import { type FeedLog } from '../feed-log';
import { createPostgresProgress } from '../progress/postgres-progress.adapter';
import { ConsumerLeases } from './consumer-lease';
import { StoreSubscription } from './store-subscription';

export interface StoreFeedOptions extends ConsumerLimits {
  readonly store: EventStore;
  /** The service's own schema, with the tables of `migrateFeed`. One more connection of the same kind holds the leases. */
  readonly database: Pool;
  readonly log: FeedLog;
  /**
   * Hears of each event before it is handed on, with its bytes: what a process has read once it need not read again. Whoever keeps events
   * decoded answers with this one, and it is not decoded anew. Never throws.
   */
  readonly learn?: (event: RecordedEvent) => StoredEvent | undefined;
}

/**
 * Published events straight from the event store, translated as they are read: the feed of the embedded default.
 * Of several replicas of a consumer one handles messages, the others stand by.
 */
export function createStoreFeed({ store, database, log, learn, ...limits }: StoreFeedOptions): EventFeed {
  const leases = new ConsumerLeases(database, log);
  const running = new Map<string, StoreSubscription>();
  return {
    subscribe: async (subscription): Promise<RunningSubscription> => {
      checkSubscription(subscription);
      const { consumer } = subscription;
      if (running.has(consumer)) throw new Error(`${consumer} is subscribed already`);
      const progress = createPostgresProgress(database, consumer);
      const started = new StoreSubscription({ subscription, progress, store, log }, leases, limits, learn);
      running.set(consumer, started);
      return {
        stop: async () => {
          await started.stop();
          if (running.get(consumer) === started) running.delete(consumer);
        },
        lag: () => started.lag(),
        parked: () => progress.parked(),
        redrive: (caseId) => started.redrive(caseId),
      };
    },
    close: async () => {
      await Promise.all([...running.values()].map((subscription) => subscription.stop()));
      running.clear();
      await leases.close();
    },
  };
}
