import { randomBytes } from 'node:crypto';
import { type Author, topics } from '@balagh/case-events';
import { createPostgresEventStore, migrateEventStore } from '@balagh/event-store';
import { type TestDatabase, testDatabase } from '@balagh/testing';
import { type Relay, createKafkaFeed, createTopics, migrateFeed, startRelay } from '@balagh/event-feed';
import {
  type BenchOptions,
  type FeedBench,
  polling,
  recordingLog,
  repeating,
} from '../../../libs/event-feed/spec/feed-bench';

export interface KafkaBench extends FeedBench {
  readonly database: TestDatabase;
  /** Before the names of this bench's topics and groups. */
  readonly prefix: string;
  relay(service: Author): Promise<Relay>;
}

/** Store, relays of three services and topics of their own on a broker. */
export async function kafkaBench(
  brokers: string,
  { times = 1, relays = true }: BenchOptions & { relays?: boolean } = {},
): Promise<KafkaBench> {
  const prefix = `t${randomBytes(4).toString('hex')}.`;
  const database = await testDatabase();
  await Promise.all([migrateEventStore(database.pool), migrateFeed(database.pool)]);
  await createTopics(
    brokers,
    topics.map((topic) => `${prefix}${topic}`),
    6,
  );
  const store = createPostgresEventStore({ connectionString: database.url });
  const { log, logged } = recordingLog();
  const started: Relay[] = [];
  const relay = async (service: Author): Promise<Relay> => {
    const running = await startRelay({
      service,
      store: repeating(store, times),
      database: database.pool,
      brokers,
      log,
      prefix,
    });
    started.push(running);
    return running;
  };
  if (relays) for (const service of ['intake', 'routing', 'dispatch'] as const) await relay(service);
  return {
    store,
    logged,
    database,
    prefix,
    relay,
    replica: (limits = {}) =>
      createKafkaFeed({
        brokers,
        store,
        database: database.pool,
        log,
        clientId: 'specification',
        prefix,
        ...limits,
      }),
    ...polling,
    settle: () => new Promise<void>((resolve) => setTimeout(resolve, 800)),
    close: async () => {
      await Promise.all(started.map((running) => running.stop()));
      await store.close();
      await database.close();
    },
  };
}
