import { type TestDatabase, testDatabase } from '@balagh/testing';
import { createPostgresEventStore } from '../src/postgres/postgres-event-store.adapter';
import { migrateEventStore } from '../src/postgres/migrate-event-store';
import { eventStoreContract } from './event-store.contract';
import { openFaultyLine } from './faulty-line';

jest.setTimeout(30_000);

let database: TestDatabase;
let empty: TestDatabase | undefined;

beforeAll(async () => {
  database = await testDatabase();
  await migrateEventStore(database.pool);
  await migrateEventStore(database.pool);
});

afterAll(async () => {
  await empty?.close();
  await database.close();
});

eventStoreContract('the PostgreSQL store', {
  open: () => Promise.resolve(createPostgresEventStore({ connectionString: database.url })),
  reopen: () => Promise.resolve(createPostgresEventStore({ connectionString: database.url })),
  programs: 300,
  empty: async () => {
    empty = await testDatabase();
    await migrateEventStore(empty.pool);
    return createPostgresEventStore({ connectionString: empty.url });
  },
  disturbable: async () => {
    const target = new URL(database.url);
    const line = await openFaultyLine({ host: target.hostname, port: Number(target.port) });
    const url = new URL(database.url);
    url.hostname = '127.0.0.1';
    url.port = String(line.port);
    return {
      line,
      store: createPostgresEventStore({ connectionString: url.href, silenceMs: 300, connectWithinMs: 2_000 }),
      direct: createPostgresEventStore({ connectionString: database.url }),
    };
  },
});
