import { type TestDatabase, testDatabase } from '@balagh/testing';
import { type EventStore, START } from '../src/event-store.port';
import { createPostgresEventStore } from '../src/postgres/postgres-event-store.adapter';
import { migrateEventStore } from '../src/postgres/migrate-event-store';
import { newStream, someEvents } from './contract-events';

let database: TestDatabase;
let store: EventStore;

beforeAll(async () => {
  database = await testDatabase();
  await migrateEventStore(database.pool);
  store = createPostgresEventStore({ connectionString: database.url });
});

afterAll(async () => {
  await store.close();
  await database.close();
});

it('positions of another epoch lie behind a gap that readers step over', async () => {
  const [before, behind] = [someEvents(2), someEvents(2)];
  const { position: last } = await store.append(newStream(), 'none', before);
  await database.pool.query(
    "select setval('eventstore.positions', (select max(position) from eventstore.events) + 1000000000)",
  );
  await store.append(newStream(), 'none', behind);

  const first = await store.readAll({ after: START });
  expect(first.events.map((e) => e.id)).toEqual(before.map((e) => e.id));
  const second = await store.readAll({ after: first.checkpoint });
  expect(second.events.map((e) => e.id)).toEqual(behind.map((e) => e.id));
  expect(second.caughtUp).toBe(true);

  const forgotten = String(BigInt(last) + 5_000n).padStart(20, '0');
  expect((await store.readAll({ after: forgotten })).events.map((e) => e.id)).toEqual(
    behind.map((e) => e.id),
  );
});
