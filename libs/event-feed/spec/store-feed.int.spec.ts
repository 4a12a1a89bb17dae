import { createPostgresEventStore, migrateEventStore } from '@balagh/event-store';
import { testDatabase } from '@balagh/testing';
import { createStoreFeed, migrateFeed } from '../src';
import { eventFeedContract } from './event-feed.contract';
import { type BenchOptions, type FeedBench, polling, recordingLog, repeating } from './feed-bench';

async function storeBench({ times = 1 }: BenchOptions): Promise<FeedBench> {
  const database = await testDatabase();
  await migrateEventStore(database.pool);
  await Promise.all([migrateFeed(database.pool), migrateFeed(database.pool)]);
  const store = createPostgresEventStore({ connectionString: database.url });
  const { log, logged } = recordingLog();
  return {
    store,
    logged,
    replica: (limits = {}) => createStoreFeed({ store: repeating(store, times), database: database.pool, log, ...limits }),
    ...polling,
    close: async () => {
      await store.close();
      await database.close();
    },
  };
}

eventFeedContract('the store feed', storeBench, { replicas: true });
