import { type EventStore, createPostgresEventStore, migrateEventStore } from '@balagh/event-store';
import { type TestDatabase, testDatabase } from '@balagh/testing';
import { profilesContract } from './profiles.contract';

const open: { db: TestDatabase; store: EventStore }[] = [];

profilesContract('PostgreSQL', async () => {
  const db = await testDatabase();
  await migrateEventStore(db.pool);
  const store = createPostgresEventStore({ connectionString: db.url, applicationName: 'profile-spec' });
  open.push({ db, store });
  return store;
});

afterEach(async () => {
  for (const { db, store } of open.splice(0)) {
    await store.close();
    await db.close();
  }
});
