import { randomUUID } from 'node:crypto';
import { type TestDatabase, testDatabase } from '@balagh/testing';
import { Pool } from 'pg';
import { Unavailable } from '../src/event-store.errors';
import { type EventStore, type ReadAllOptions, START } from '../src/event-store.port';
import { migrateEventStore } from '../src/postgres/migrate-event-store';
import { readAllByCopy } from '../src/postgres/postgres-copying';
import { createPostgresEventStore } from '../src/postgres/postgres-event-store.adapter';
import { readAllFrom } from '../src/postgres/postgres-reading';
import { someEvent } from './contract-events';

let database: TestDatabase;
let store: EventStore;

const bodies = [
  '{"ar":"بلاغ عن تسرب\\n","marks":"\u202Eعكس\u202C","tab":"a\\tb"}',
  '{\n\t"emoji" : "🧑‍🧑‍🧒",\r\n "path":"C:\\\\x\\\\.", "N":"\\\\N"\n}',
  '[1.0e+2,12345678901234567890,"e\u0301","é",null]',
  '"\\\\."',
];

beforeAll(async () => {
  database = await testDatabase();
  await migrateEventStore(database.pool);
  store = createPostgresEventStore({ connectionString: database.url });
  for (let n = 0; n < 120; n += 1) {
    const data = bodies[n % bodies.length] ?? '1';
    const event = { ...someEvent(), type: n % 3 === 0 ? 'CaseOpened' : `Other.type_${n % 5}`, data };
    await store.append(`${n % 2 === 0 ? 'case' : 'Mixed.Case_1'}-~!"'\\${randomUUID()}`, 'none', [event]);
  }
});

afterAll(async () => {
  await store.close();
  await database.close();
});

describe('a page by COPY', () => {
  const asked: readonly ReadAllOptions[] = [
    {},
    { limit: 7 },
    { limit: 120 },
    { filter: { types: ['CaseOpened'] }, limit: 5 },
    { filter: { categories: ['Mixed.Case_1'] } },
    { filter: { types: ['CaseOpened', 'Other.type_1'], categories: ['case'] }, limit: 3 },
    { filter: { types: ["x'); drop table eventstore.events; --", '\\', '"', 'بلاغ', '$1'] } },
    { filter: { types: [] } },
  ];
  it.each(asked.map((one) => [JSON.stringify(one), one] as const))(
    'is byte for byte the page of the prepared statement: %s',
    async (_, one) => {
      let after = START;
      for (let more = true; more;) {
        const page = await readAllFrom(database.pool, { ...one, after });
        expect(await readAllByCopy(database.pool, { ...one, after })).toEqual(page);
        [after, more] = [page.checkpoint, !page.caughtUp];
      }
      expect(await readAllByCopy(database.pool, { ...one, after })).toEqual({
        events: [],
        checkpoint: after,
        caughtUp: true,
      });
    },
  );

  it('ends early when its events are long, at a whole row, and goes on behind it', async () => {
    const other = await testDatabase();
    try {
      await migrateEventStore(other.pool);
      const long = createPostgresEventStore({ pool: other.pool });
      const lengths = Array.from({ length: 40 }, (_, i) => 100_000 + ((i * 76_543) % 800_000));
      for (const length of lengths)
        await long.append(`case-${randomUUID()}`, 'none', [
          { ...someEvent(), data: JSON.stringify('x'.repeat(length)) },
        ]);
      const [seen, sizes]: [number[], number[]] = [[], []];
      for (let [after, more] = [START, true]; more;) {
        const page = await readAllByCopy(other.pool, { after, limit: 1_000 });
        sizes.push(page.events.length);
        seen.push(...page.events.map(({ data }) => data.length - 2));
        [after, more] = [page.checkpoint, !page.caughtUp];
      }
      expect(seen).toEqual(lengths);
      expect(Math.max(...sizes)).toBeLessThan(25);
      await long.close();
    } finally {
      await other.close();
    }
  });

  it('that breaks off is Unavailable, and the pool goes on', async () => {
    const pool = new Pool({ connectionString: database.url, max: 1 });
    pool.on('error', () => undefined);
    try {
      const { rows } = await pool.query<{ pid: number }>('select pg_backend_pid() as pid');
      await database.pool.query('begin; lock table eventstore.events in access exclusive mode');
      const reading = readAllByCopy(pool, {}).catch((error: unknown) => error);
      await new Promise((resolve) => setTimeout(resolve, 100));
      await database.pool.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
      expect(await reading).toBeInstanceOf(Unavailable);
      await database.pool.query('rollback');
      expect((await readAllByCopy(pool, { limit: 3 })).events).toHaveLength(3);
    } finally {
      await pool.end();
    }
  });
});
