import { Client } from 'pg';
import { eventually, proves } from '@balagh/testing';
import { World } from '../src';
import { LaunchedSystem } from './launched-system';

describe('services are independent', () => {
  const system = new LaunchedSystem();
  let world: World;
  beforeAll(async () => {
    world = new World(await system.start());
  }, 180_000);
  afterAll(async () => {
    world?.close();
    await system.stop();
  }, 60_000);

  it('50 cases registered while notification is stopped are routed, and their numbers leave once each afterwards', async () => {
    proves('SYS-01');
    const notification = system.endpoints().pids['notification'];
    if (notification === undefined) throw new Error('no notification process');
    process.kill(notification, 'SIGSTOP');
    const numbers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => register(world, `+96890${String(700_000 + i)}`)),
    );
    expect(new Set(numbers).size).toBe(50);
    const distributor = await world.staff('mus.distributor', 'MUS');
    const queue = await eventually(
      async () => {
        const page = await distributor.ask<{ entries: { caseNumber: string }[] }>('Dispatch', 'ListQueue', {
          queue: 'SECOND_LINE',
          pageSize: 200,
        });
        const queued = page.entries.map((entry) => entry.caseNumber);
        return numbers.every((number) => queued.includes(number)) ? queued : undefined;
      },
      { deadlineMs: 60_000, what: '50 cases in the queue while notification is stopped' },
    );
    expect(queue.length).toBeGreaterThanOrEqual(50);
    expect(await world.messages('تم تسجيل')).toEqual([]);

    process.kill(notification, 'SIGKILL');
    await eventually(async () => (await world.messages('تم تسجيل')).length >= 50, {
      deadlineMs: 60_000,
      what: '50 messages after the restart',
    });
    const sent = await world.messages('تم تسجيل');
    const timesSent = numbers.map((number) => sent.filter((message) => message.text.includes(number)).length);
    expect(timesSent).toEqual(numbers.map(() => 1));
  }, 180_000);

  it('the back office looks numbers up through an index: the bootstrap gave the server its trigrams', async () => {
    const client = new Client({ connectionString: system.endpoints().adminDatabaseUrl });
    await client.connect();
    const { rows } = await client.query(
      `select schemaname from pg_indexes where indexname = 'case_row_by_number_part'`,
    );
    await client.end();
    expect(rows).toEqual([{ schemaname: 'backoffice' }]);
  });

  it('read models rebuilt while running hold the same rows', async () => {
    proves('SYS-02');
    const { adminDatabaseUrl, http } = system.endpoints();
    const before = await quietSnapshot(adminDatabaseUrl);
    expect(before.get('dispatch.queue_entry')?.length).toBeGreaterThanOrEqual(50);
    const token = await world.token('admin');
    for (const address of Object.values(http)) {
      const answer = await fetch(`${address}/internal/rebuild`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
      });
      expect([address, answer.status]).toEqual([address, 200]);
    }
    expect(await quietSnapshot(adminDatabaseUrl)).toEqual(before);
  }, 180_000);
});

async function register(world: World, phone: string): Promise<string> {
  const form = { caseType: 'NOTE', category: 'WATER', language: 'ar', details: 'تسرب مياه', phone };
  const { status, body } = await world.citizen('/v1/MUS/reports', { channel: 'WEB_PORTAL', form });
  if (status !== 201) throw new Error(`registration failed: ${status} ${JSON.stringify(body)}`);
  return String(body['caseNumber']);
}

type Snapshot = ReadonlyMap<string, readonly string[]>;

/** Rows without `written_at`, by which a rebuild knows the rows it did not meet. */
async function snapshot(url: string): Promise<Snapshot> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const tables = [
      'intake.case_status',
      'dispatch.queue_entry',
      'dispatch.transfer',
      'history.case_index',
      'backoffice.case_row',
      'notification.message',
    ];
    const rows = new Map<string, readonly string[]>();
    for (const table of tables) {
      const { rows: found } = await client.query<{ row: string }>(
        `select (to_jsonb(t) - 'written_at')::text as row from ${table} t order by 1`,
      );
      rows.set(
        table,
        found.map(({ row }) => row),
      );
    }
    return rows;
  } finally {
    await client.end();
  }
}

/** Taken when nothing moved for two seconds: what the last cases led to is on its way until then, delivery reports last. */
async function quietSnapshot(url: string): Promise<Snapshot> {
  let last: Snapshot | undefined;
  return eventually(
    async () => {
      const next = await snapshot(url);
      const isQuiet = [...next].every(
        ([table, rows]) => JSON.stringify(rows) === JSON.stringify(last?.get(table)),
      );
      last = next;
      return isQuiet ? next : undefined;
    },
    { deadlineMs: 60_000, everyMs: 2_000, what: 'read models that stand still' },
  );
}
