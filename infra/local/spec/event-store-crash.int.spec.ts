import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  type EventStore,
  type RecordedEvent,
  START,
  createPostgresEventStore,
  migrateEventStore,
} from '@balagh/event-store';
import { eventually } from '@balagh/testing';
import { Pool } from 'pg';
import { randomOf } from '../../../libs/event-store/spec/simulation/random-of';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../src/postgres/embedded-postgres';

/** `SEED=n` takes the same order of kills again; when they fall is up to the machine. */
const seed = Number.parseInt(process.env['SEED'] ?? '1', 10);
const streams = 12;

interface Acknowledged {
  readonly stream: string;
  readonly revision: number;
  readonly ids: readonly string[];
}

let directory: string;
let server: EmbeddedPostgres;
const writers = new Map<number, ChildProcess>();
const acknowledged: Acknowledged[] = [];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'balagh-crash-'));
  chmodSync(directory, 0o755);
  server = await startEmbeddedPostgres({ dataDir: join(directory, 'postgres') });
  const pool = new Pool({ connectionString: server.url });
  await migrateEventStore(pool);
  await pool.end();
}, 60_000);

afterAll(async () => {
  for (const child of writers.values()) child.kill('SIGKILL');
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
}, 60_000);

function startWriter(n: number): void {
  const program = join(__dirname, 'crash-writer.mjs');
  const child = spawn(process.execPath, [program, server.url, String(streams)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  writers.set(n, child);
  createInterface({ input: child.stdout }).on('line', (line) => {
    // A killed writer may leave half a line.
    if (line.endsWith('}')) acknowledged.push(JSON.parse(line) as Acknowledged);
  });
}

async function killWriter(n: number): Promise<void> {
  const child = writers.get(n);
  const gone = new Promise((resolve) => child?.once('close', resolve));
  child?.kill('SIGKILL');
  await gone;
}

/** As a machine that loses power, but for its disk: no shut-down, recovery from the log. */
async function crashServer(): Promise<void> {
  const { pid, port } = server;
  process.kill(pid, 'SIGKILL');
  // Its backends notice one by one; until the last is gone a new server refuses to start.
  server = await eventually(() => startEmbeddedPostgres({ dataDir: join(directory, 'postgres'), port }), {
    deadlineMs: 60_000,
  });
}

interface Reader {
  readonly seen: string[];
  stop(): Promise<void>;
}

/** Never interrupted. */
function follow(store: EventStore): Reader {
  const controller = new AbortController();
  const seen: string[] = [];
  const running = (async () => {
    for await (const item of store.subscribe({ signal: controller.signal }))
      if (item.kind === 'event') seen.push(item.event.id);
  })();
  return { seen, stop: async () => (controller.abort(), running) };
}

/** Dies after so many events and goes on from what it remembered, which is never the last it saw. */
function followWithCrashes(store: EventStore, after: number): Reader {
  const controller = new AbortController();
  const seen: string[] = [];
  const running = (async () => {
    let remembered = { position: START, count: 0 };
    while (!controller.signal.aborted) {
      let since = 0;
      for await (const item of store.subscribe({ after: remembered.position, signal: controller.signal })) {
        if (item.kind !== 'event') continue;
        seen.push(item.event.id);
        since += 1;
        if (since % 7 === 0) remembered = { position: item.event.position, count: seen.length };
        if (since >= after) break;
      }
      if (!controller.signal.aborted) seen.length = remembered.count;
    }
  })();
  return { seen, stop: async () => (controller.abort(), running) };
}

it(`nothing acknowledged is lost, doubled or shown out of order when writers and the server are killed (SEED=${seed})`, async () => {
  const random = randomOf(seed);
  const store = createPostgresEventStore({ connectionString: server.url, silenceMs: 1_000 });
  const readers = [follow(store), followWithCrashes(store, 40 + random(60))];
  for (const n of [0, 1, 2, 3]) startWriter(n);
  for (let kill = 0; kill < 12; kill += 1) {
    const before = acknowledged.length;
    await eventually(() => acknowledged.length >= before + 30 + random(60), {
      deadlineMs: 60_000,
      everyMs: 5,
      what: 'appends that go on',
    });
    if (kill % 4 === 3) await crashServer();
    else {
      const n = random(4);
      await killWriter(n);
      startWriter(n);
    }
  }
  for (const n of writers.keys()) await killWriter(n);

  const stored = await settled(store);
  await eventually(() => readers.every(({ seen }) => seen.length >= stored.length), { deadlineMs: 60_000 });
  await Promise.all(readers.map((reader) => reader.stop()));
  await store.close();

  const ids = stored.map((event) => event.id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { seen } of readers) expect(seen).toEqual(ids);
  const at = new Map(stored.map((event) => [event.id, event]));
  const misplaced = acknowledged.filter(({ stream, revision, ids: own }) =>
    own.some((id, i) => {
      const event = at.get(id);
      return event?.stream !== stream || event.revision !== revision - own.length + 1 + i;
    }),
  );
  expect(misplaced).toEqual([]);
  expect(acknowledged.length).toBeGreaterThan(360);
  for (let n = 0; n < streams; n += 1) {
    const revisions = stored.filter((event) => event.stream === `crash-${n}`).map((event) => event.revision);
    expect(revisions).toEqual(revisions.map((_, i) => i));
  }
}, 300_000);

/** Everything that is stored once nobody writes any more: the last appends of the killed may still be under way. */
async function settled(store: EventStore): Promise<readonly RecordedEvent[]> {
  let before = -1;
  let all: readonly RecordedEvent[] = [];
  await eventually(
    async () => {
      all = await readEverything(store);
      const done = all.length === before;
      before = all.length;
      return done;
    },
    { everyMs: 500, deadlineMs: 60_000 },
  );
  return all;
}

async function readEverything(store: EventStore): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for (let after = START; ;) {
    const page = await store.readAll({ after, limit: 5_000 });
    events.push(...page.events);
    after = page.checkpoint;
    if (page.caughtUp) return events;
  }
}
