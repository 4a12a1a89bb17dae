import { type TestDatabase, testDatabase } from '@balagh/testing';
import { createPostgresEventStore } from '../src/postgres/postgres-event-store.adapter';
import { migrateEventStore } from '../src/postgres/migrate-event-store';
import { eventStoreContract } from './event-store.contract';

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
  await migrateEventStore(database.pool);
  await migrateEventStore(database.pool);
});

afterAll(async () => {
  await database.close();
});

eventStoreContract('the PostgreSQL store', () =>
  Promise.resolve(createPostgresEventStore({ connectionString: database.url })),
);
