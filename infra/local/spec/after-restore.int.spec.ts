import { migrateEventStore } from '@balagh/event-store';
import { migrateFeed } from '@balagh/event-feed';
import { type TestDatabase, testDatabase } from '@balagh/testing';
import { Client, Pool } from 'pg';
import { beginAnew } from '../src/after-restore';

describe('a restored database', () => {
  let database: TestDatabase;
  let url: string;
  beforeEach(async () => {
    database = await testDatabase();
    url = database.url;
  });
  afterEach(() => database.close());

  async function restored(service: string): Promise<void> {
    await database.pool.query(`create schema ${service}`);
    const own = new Pool({ connectionString: url, options: `-c search_path=${service}`, max: 1 });
    await migrateFeed(own);
    await own.query(`insert into relay_checkpoint (service, position) values ($1, 'a position')`, [service]);
    await own.query(`insert into feed_checkpoint (consumer, position) values ('a.consumer', 'a position')`);
    await own.end();
  }
  const count = async (table: string): Promise<number> =>
    (await database.pool.query(`select 1 from ${table}`)).rowCount ?? 0;

  it('begins anew: relays publish everything again, what was handled stays known, no position comes twice', async () => {
    await migrateEventStore(database.pool);
    for (const service of ['intake', 'routing', 'notification']) await restored(service);
    const before = await nextPosition();
    const begun = await beginAnew(url, new URL(url).pathname);
    expect(begun.relays).toEqual(['intake', 'routing', 'notification']);
    expect([await count('intake.relay_checkpoint'), await count('routing.relay_checkpoint')]).toEqual([0, 0]);
    expect(await count('intake.feed_checkpoint')).toBe(1);
    expect(await nextPosition()).toBeGreaterThan(before + 999_999_999);
    await expect(beginAnew(url, new URL(url).pathname)).resolves.toEqual(begun);
  });

  async function nextPosition(): Promise<number> {
    const client = new Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query<{ n: string }>(`select nextval('eventstore.positions') as n`);
    await client.end();
    return Number(rows[0]?.n);
  }
});
