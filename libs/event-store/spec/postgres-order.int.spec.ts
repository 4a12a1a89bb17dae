import { randomUUID } from 'node:crypto';
import { type TestDatabase, eventually, proves, testDatabase } from '@balagh/testing';
import { Client, type PoolClient } from 'pg';
import { eventHash } from '../src/case-streams/chain';
import { type EventStore, START } from '../src/event-store.port';
import { createPostgresEventStore } from '../src/postgres/postgres-event-store.adapter';
import { migrateEventStore } from '../src/postgres/migrate-event-store';

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

const anEvent = (): { id: string; type: string; data: string; metadata: string } => ({
  id: randomUUID(),
  type: 'NoteTaken',
  data: '{}',
  metadata: '{}',
});

/** Appends inside a transaction of its own and leaves it open: what the adapter never does, only slower machines. */
async function appendWithoutCommit(client: PoolClient | Client, ids: readonly string[]): Promise<void> {
  await client.query(
    'select * from eventstore.append($1, $2, -1, null, $3::uuid[], $4::text[], $5::text[], $6::text[])',
    [
      `spec-${randomUUID()}`,
      'spec',
      ids,
      ids.map(() => 'NoteTaken'),
      ids.map(() => '{}'),
      ids.map(() => '{}'),
    ],
  );
}

/** A fixed series that looks random, so that each run meets the same delays. */
function series(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/** Reads page by page until told to stop and everything is read; returns the ids in the order seen. */
async function readWhile(busy: () => boolean, limit: number): Promise<string[]> {
  const seen: string[] = [];
  let after = START;
  for (;;) {
    const last = !busy();
    const page = await store.readAll({ after, limit });
    seen.push(...page.events.map((e) => e.id));
    after = page.checkpoint;
    if (last && page.caughtUp) return seen;
  }
}

describe('the global order', () => {
  it('never skips an event, whatever the order of commits, and never shows one that was rolled back', async () => {
    const kept = new Set<string>();
    let busy = true;
    const writer = async (seed: number): Promise<void> => {
      const random = series(seed);
      const client = await database.pool.connect();
      for (let i = 0; i < 25; i += 1) {
        const ids = Array.from({ length: 1 + Math.floor(random() * 3) }, () => randomUUID());
        await client.query('begin');
        await appendWithoutCommit(client, ids);
        await client.query('select pg_sleep($1)', [random() * 0.03]);
        const keep = random() > 0.2;
        await client.query(keep ? 'commit' : 'rollback');
        if (keep) ids.forEach((id) => kept.add(id));
      }
      client.release();
    };
    const readers = [readWhile(() => busy, 7), readWhile(() => busy, 500), readWhile(() => busy, 1)];
    await Promise.all([1, 2, 3, 4, 5, 6].map((seed) => writer(seed * 7_919)));
    busy = false;
    const [small, large, single] = await Promise.all(readers);
    expect(new Set(small)).toEqual(kept);
    expect(small).toHaveLength(kept.size);
    expect(large).toEqual(small);
    expect(single).toEqual(small);
  });

  it('waits for an append in flight and shows it before everything that was ordered after it', async () => {
    const { checkpoint: after } = await store.readAll({ after: await end() });
    const slow = await database.pool.connect();
    const [first, second] = [randomUUID(), anEvent()];
    await slow.query('begin');
    await appendWithoutCommit(slow, [first]);
    await store.append(`spec-${randomUUID()}`, 'none', [second]);
    expect((await store.readAll({ after })).events).toEqual([]);
    await slow.query('commit');
    slow.release();
    expect((await store.readAll({ after })).events.map((e) => e.id)).toEqual([first, second.id]);
  });

  it('is not stalled by open transactions that append nothing, here or in another database', async () => {
    const other = await testDatabase();
    const elsewhere = new Client({ connectionString: other.url });
    await elsewhere.connect();
    await elsewhere.query('begin');
    await elsewhere.query('create table busy (n int)');
    await elsewhere.query('select pg_advisory_xact_lock_shared((25189::bigint << 48) | 0), txid_current()');
    const here = await database.pool.connect();
    await here.query('begin');
    await here.query('select txid_current(), pg_advisory_xact_lock(1, 2)');
    await here.query('select count(*) from eventstore.events');

    const after = await end();
    const event = anEvent();
    await store.append(`spec-${randomUUID()}`, 'none', [event]);
    expect((await store.readAll({ after })).events.map((e) => e.id)).toEqual([event.id]);

    await here.query('rollback');
    here.release();
    await elsewhere.end();
    await other.close();
  });

  it('reaches a subscriber of another adapter live, in order, once', async () => {
    const reader = createPostgresEventStore({ connectionString: database.url });
    const controller = new AbortController();
    const after = await end();
    let caughtUp = false;
    const seen: string[] = [];
    const following = (async () => {
      for await (const item of reader.subscribe({ after, signal: controller.signal })) {
        if (item.kind === 'caughtUp') caughtUp = true;
        if (item.kind === 'event') seen.push(item.event.id);
      }
    })();
    await eventually(() => caughtUp);
    const sent: string[] = [];
    for (let i = 0; i < 10; i += 1) {
      const event = anEvent();
      await store.append(`spec-${randomUUID()}`, 'none', [event]);
      sent.push(event.id);
    }
    await eventually(() => seen.length === 10);
    expect(seen).toEqual(sent);
    controller.abort();
    await following;
    await reader.close();
  });

  it('goes on after the connections of a subscription were cut', async () => {
    const reader = createPostgresEventStore({ connectionString: database.url, applicationName: 'cut-me' });
    const controller = new AbortController();
    const seen: string[] = [];
    const after = await end();
    let caughtUp = false;
    const following = (async () => {
      for await (const item of reader.subscribe({ after, signal: controller.signal })) {
        if (item.kind === 'caughtUp') caughtUp = true;
        if (item.kind === 'event') seen.push(item.event.id);
      }
    })();
    await eventually(() => caughtUp);
    await database.pool.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'cut-me'",
    );
    const event = anEvent();
    await store.append(`spec-${randomUUID()}`, 'none', [event]);
    await eventually(() => seen.length > 0);
    expect(seen).toEqual([event.id]);
    controller.abort();
    await following;
    await reader.close();
  });
});

describe('what is stored', () => {
  it('computes the same hash as the library, for every kind of text', async () => {
    const stream = `spec-${randomUUID()}`;
    await store.append(stream, 'none', [{ ...anEvent(), data: '{"بلاغ":"تسرب 🚰"}' }]);
    const read = await store.readStream(stream, { headHash: true });
    if (read.kind === 'missing') throw new Error('missing');
    expect(read.headHash).toBe(eventHash(read.events[0]!));
  });

  it('cannot be changed or deleted, and is never there by half', async () => {
    proves('MUS-28');
    const stream = `spec-${randomUUID()}`;
    await store.append(stream, 'none', Array.from({ length: 9 }, anEvent));
    for (const sql of [
      "update eventstore.events set data = '1'",
      'delete from eventstore.events',
      'truncate eventstore.events',
    ]) {
      await expect(database.pool.query(sql)).rejects.toMatchObject({ code: '42501' });
    }
    const half = [anEvent(), { ...anEvent(), data: 'broken in the database' }];
    await database.pool.query(
      "alter table eventstore.events add constraint half check (data <> 'broken in the database') not valid",
    );
    await expect(
      database.pool.query(
        'select * from eventstore.append($1, $2, 8, null, $3::uuid[], $4::text[], $5::text[], $6::text[])',
        [
          stream,
          'spec',
          half.map((e) => e.id),
          half.map((e) => e.type),
          half.map((e) => e.data),
          half.map((e) => e.metadata),
        ],
      ),
    ).rejects.toMatchObject({ code: '23514' });
    await database.pool.query('alter table eventstore.events drop constraint half');
    expect(await store.readStream(stream)).toMatchObject({ kind: 'found', lastRevision: 8 });
    expect(await store.append(stream, 8, [anEvent()])).toMatchObject({ revision: 9 });
  });

  it('lets a plain role append and read, but not write past the functions', async () => {
    const role = `spec_${randomUUID().replaceAll('-', '')}`;
    await database.pool.query(`create role ${role} login password 'spec'`);
    const url = new URL(database.url);
    url.username = role;
    url.password = 'spec';
    const plain = createPostgresEventStore({ connectionString: url.href });
    const stream = `spec-${randomUUID()}`;
    expect(await plain.append(stream, 'none', [anEvent()])).toMatchObject({ revision: 0 });
    expect(await plain.readStream(stream)).toMatchObject({ kind: 'found' });
    expect((await plain.readAll({ limit: 1 })).events).toHaveLength(1);
    const client = new Client({ connectionString: url.href });
    await client.connect();
    await expect(client.query('delete from eventstore.streams')).rejects.toMatchObject({ code: '42501' });
    await expect(client.query("select nextval('eventstore.positions')")).rejects.toMatchObject({
      code: '42501',
    });
    await client.end();
    await plain.close();
    await database.pool.query(`drop role ${role}`);
  });
});

describe('an unreachable store', () => {
  it('is unavailable: nothing was written', async () => {
    const nowhere = createPostgresEventStore({ connectionString: 'postgres://x:x@127.0.0.1:1/none' });
    await expect(nowhere.append(`spec-${randomUUID()}`, 'none', [anEvent()])).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      retriable: true,
    });
    await expect(nowhere.readAll()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await nowhere.close();
  });

  it('leaves the outcome of an append unknown when it does not answer in time, and the same append then yields one copy', async () => {
    const stream = `spec-${randomUUID()}`;
    const blocker = await database.pool.connect();
    await store.append(stream, 'none', [anEvent()]);
    await blocker.query('begin');
    await blocker.query('select * from eventstore.streams where stream = $1 for update', [stream]);
    const events = [anEvent()];
    await expect(store.append(stream, 0, events, { deadlineMs: 50 })).rejects.toMatchObject({
      code: 'STORE_DEADLINE_EXCEEDED',
      retriable: true,
    });
    await blocker.query('commit');
    blocker.release();
    expect(await store.append(stream, 0, events)).toMatchObject({ revision: 1 });
    expect(await store.append(stream, 0, events)).toMatchObject({ revision: 1, replayed: true });
    expect(await store.readStream(stream)).toMatchObject({ lastRevision: 1 });
  });
});

async function end(): Promise<string> {
  let after = START;
  for (;;) {
    const page = await store.readAll({ after, limit: 1_000 });
    after = page.checkpoint;
    if (page.caughtUp) return after;
  }
}
