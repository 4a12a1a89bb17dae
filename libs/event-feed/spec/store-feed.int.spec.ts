import { createPostgresEventStore, migrateEventStore } from '@balagh/event-store';
import { type TestDatabase, eventually, testDatabase } from '@balagh/testing';
import { createStoreFeed, migrateFeed } from '../src';
import { createPostgresProgress } from '../src/progress/postgres-progress.adapter';
import { caseNumber, happen } from './case-story';
import { eventFeedContract } from './event-feed.contract';
import { parkedCasesContract } from './parked-cases.contract';
import { type BenchOptions, type FeedBench, polling, recordingLog, repeating } from './feed-bench';
import { feedProgressContract } from './feed-progress.contract';

async function storeBench({ times = 1 }: BenchOptions): Promise<FeedBench> {
  const database = await testDatabase();
  await migrateEventStore(database.pool);
  await Promise.all([migrateFeed(database.pool), migrateFeed(database.pool)]);
  const store = createPostgresEventStore({ connectionString: database.url });
  const { log, logged } = recordingLog();
  return {
    store,
    logged,
    replica: (limits = {}) =>
      createStoreFeed({ store: repeating(store, times), database: database.pool, log, ...limits }),
    ...polling,
    close: async () => {
      await store.close();
      await database.close();
    },
  };
}

eventFeedContract('the store feed', storeBench, { replicas: true });
parkedCasesContract('the store feed', storeBench, { replicas: true });

describe('progress in PostgreSQL', () => {
  let database: TestDatabase;
  let consumers = 0;
  beforeAll(async () => {
    database = await testDatabase();
    await migrateFeed(database.pool);
  });
  afterAll(async () => {
    await database.close();
  });
  feedProgressContract('it', async () =>
    createPostgresProgress(database.pool, `dispatch.specification-${(consumers += 1)}`),
  );
});

describe('the lease of a consumer on the store feed', () => {
  it('passes on when the connection that holds it breaks, and nothing is lost', async () => {
    const database = await testDatabase();
    await migrateEventStore(database.pool);
    await migrateFeed(database.pool);
    const store = createPostgresEventStore({ connectionString: database.url });
    const { log, logged } = recordingLog();
    const handled: number[] = [];
    const feeds = [0, 1].map(() => createStoreFeed({ store, database: database.pool, log }));
    for (const feed of feeds) {
      await feed.subscribe({
        consumer: 'dispatch.specification',
        topics: ['case.intake'],
        handle: async ({ caserevision }) => void handled.push(caserevision),
      });
    }
    await happen(store, caseNumber(1), 'CaseOpened', 'RequiredFieldsMissing');
    await eventually(() => handled.length === 2);
    const broken = await database.pool.query(
      `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted
       and database = (select oid from pg_database where datname = current_database())`,
    );
    expect(broken.rowCount).toBe(1);
    await happen(store, caseNumber(1), 'RequiredFieldsMissing', 'RequiredFieldsMissing');
    await eventually(() => handled.length === 4);
    expect(handled).toEqual([0, 1, 2, 3]);
    expect(logged).not.toContain('feed.case.parked');
    await Promise.all(feeds.map((feed) => feed.close()));
    await store.close();
    await database.close();
  });
});
