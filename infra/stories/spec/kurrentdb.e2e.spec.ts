import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type EventStore, type RecordedEvent, START, openEventStore } from '@balagh/event-store';
import { Client } from 'pg';
import { type StandIn, startStandIn } from '../../../libs/event-store/spec/kurrentdb-stand-in/stand-in';
import { World, stories } from '../src';
import { LaunchedSystem, type LaunchedEndpoints } from './launched-system';

const root = join(__dirname, '../../..');
/** A server for tests of its own: its streams get the stories' cases. */
const real = process.env['KURRENTDB_URL'];

describe(`the whole product on ${real === undefined ? 'a stand-in for KurrentDB' : 'KurrentDB'}`, () => {
  let standIn: StandIn | undefined;
  let system: LaunchedSystem;
  let endpoints: LaunchedEndpoints;
  let world: World;
  let store: EventStore;

  beforeAll(async () => {
    standIn = real === undefined ? await startStandIn() : undefined;
    const url = real ?? `kurrentdb://127.0.0.1:${standIn?.port}?tls=false`;
    store = openEventStore({ kind: 'kurrentdb', url });
    system = new LaunchedSystem([], { EVENT_STORE: 'kurrentdb', EVENT_STORE_URL: url });
    endpoints = await system.start();
    world = new World(endpoints);
  }, 180_000);

  afterAll(async () => {
    world?.close();
    await system.stop();
    await store.close();
    standIn?.stop();
  }, 60_000);

  it.each(stories.map((story) => [story.id, story.title, story] as const))(
    '%s: %s',
    async (_id, _title, story) => {
      await story.play(world);
    },
    120_000,
  );

  it('has every event in that store and none in PostgreSQL', async () => {
    const cases = await allEvents(store, 'case');
    expect(new Set(cases.map(({ stream }) => stream)).size).toBeGreaterThanOrEqual(stories.length);
    const client = new Client({ connectionString: endpoints.adminDatabaseUrl });
    await client.connect();
    const { rows } = await client.query<{ n: string }>('select count(*) as n from eventstore.events');
    await client.end();
    expect(rows[0]?.n).toBe('0');
  });

  it('is verified by the command line: every chain holds and the read side agrees', async () => {
    // Not waited for in a blocking way: the stand-in answers from this process.
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(root, 'services/history/dist/entrypoints/case.cli.js'), 'verify', '--json'],
      { env: { ...process.env, BALAGH_ENDPOINTS: join(system.dataDir, 'endpoints.json') } },
    );
    const verified = JSON.parse(stdout) as {
      readonly streamsChecked: number;
      readonly faults: readonly unknown[];
    };
    expect(verified.faults).toEqual([]);
    expect(verified.streamsChecked).toBeGreaterThanOrEqual(stories.length);
  }, 60_000);
});

async function allEvents(store: EventStore, category: string): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for (let after = START; ;) {
    const page = await store.readAll({ after, filter: { categories: [category] } });
    events.push(...page.events);
    after = page.checkpoint;
    if (page.caughtUp) return events;
  }
}
