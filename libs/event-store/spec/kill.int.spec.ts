import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestDatabase, eventually, testDatabase } from '@balagh/testing';
import { Client } from 'pg';
import { createPostgresEventStore } from '../src/postgres/postgres-event-store.adapter';
import { migrateEventStore } from '../src/postgres/migrate-event-store';

jest.setTimeout(60_000);

let database: TestDatabase;
let elsewhere: TestDatabase;
const children = new Set<ChildProcess>();

beforeAll(async () => {
  database = await testDatabase();
  elsewhere = await testDatabase();
  await migrateEventStore(database.pool);
});

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await elsewhere.close();
  await database.close();
});

interface Writer {
  readonly child: ChildProcess;
  readonly gone: Promise<void>;
}

/** Starts a writer; its acknowledged ids are noted as they are printed. */
async function startWriter(name: string, acknowledged: string[]): Promise<Writer> {
  const child = spawn(process.execPath, [join(__dirname, 'kill-writer.mjs'), database.url, name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.add(child);
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let ready = false;
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line === 'ready') ready = true;
    // A killed writer may leave half a line.
    else if (line.length === 36) acknowledged.push(line);
  });
  await eventually(() => ready, { deadlineMs: 20_000 });
  return { child, gone };
}

it('every event that a killed writer had acknowledged is seen exactly once, and no other process stalls the reader', async () => {
  const foreign = new Client({ connectionString: elsewhere.url });
  await foreign.connect();
  await foreign.query('begin');
  await foreign.query('create table held (n int)');

  const acknowledged: string[] = [];
  const seen: string[] = [];
  const controller = new AbortController();
  const store = createPostgresEventStore({ connectionString: database.url });
  const following = (async () => {
    for await (const item of store.subscribe({ signal: controller.signal })) {
      if (item.kind === 'event') seen.push(item.event.id);
    }
  })();

  const writers = await Promise.all([0, 1, 2, 3].map((i) => startWriter(`w${i}`, acknowledged)));
  for (const kill of [0, 1, 2, 3, 4, 5]) {
    const before = acknowledged.length;
    await eventually(() => acknowledged.length >= before + 25, { deadlineMs: 20_000, everyMs: 5 });
    const victim = writers[kill % 4]!;
    victim.child.kill('SIGKILL');
    await victim.gone;
    writers[kill % 4] = await startWriter(`w${kill % 4}`, acknowledged);
  }
  // While the foreign transaction is still open, the reader is level with the writers.
  const acknowledgedNow = acknowledged.at(-1) ?? '';
  await eventually(() => seen.includes(acknowledgedNow));
  for (const { child } of writers) child.kill('SIGKILL');
  await Promise.all(writers.map((writer) => writer.gone));

  await eventually(async () => {
    const { rows } = await database.pool.query<{ n: string }>(
      "select count(*) as n from pg_stat_activity where application_name like 'kill-writer%'",
    );
    return rows[0]?.n === '0';
  });
  const { rows } = await database.pool.query<{ id: string }>(
    'select id from eventstore.events order by position',
  );
  const stored = rows.map((row) => row.id);
  await eventually(() => seen.length >= stored.length);
  controller.abort();
  await following;
  await store.close();
  await foreign.query('rollback');
  await foreign.end();

  expect(acknowledged.length).toBeGreaterThan(150);
  expect(seen).toEqual(stored);
  expect(acknowledged.filter((id) => !stored.includes(id))).toEqual([]);
});
