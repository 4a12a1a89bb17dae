import 'reflect-metadata';
import { openTables } from '@balagh/runtime';
import { type TestDatabase, testDatabase } from '@balagh/testing';
import { type DataSource } from 'typeorm';
import { ownTables } from '../src';
import { type WorkRow } from '../src/application/work-table.port';
import { messageGauges } from '../src/outbound/message-gauges.adapter';
import { PostgresWorkTable } from '../src/outbound/work-table.adapter';
import { workTableContract } from './work-table.contract';

let database: TestDatabase;
let source: DataSource;
beforeAll(async () => {
  database = await testDatabase();
  source = await openTables({ DATABASE_URL: database.url }, ownTables, 'specification');
});
afterAll(async () => {
  await source.destroy();
  await database.close();
});

// The contract's owners are short names; the table's are UUIDs.
const uuidOf = (owner: string): string => `00000000-0000-4000-8000-00000000000${owner}`;

workTableContract('PostgreSQL', async () => {
  const table = new PostgresWorkTable(source);
  return {
    add: (row, lease) => table.add(row, lease && { ...lease, owner: uuidOf(lease.owner) }),
    claim: (claim) => table.claim({ ...claim, owner: uuidOf(claim.owner) }),
    save: (row, owner) => table.save(row, uuidOf(owner)),
    touch: (...given) => table.touch(...given),
    clear: () => table.clear(),
  };
});

describe('what operators watch', () => {
  const row = (n: number, phase: WorkRow['phase'], dueAt: string | null) => ({
    messageId: `6f2c1d1e-0000-4000-8000-00000000020${n}`,
    caseId: '6f2c1d1e-0000-4000-8000-0000000000ca',
    tenant: 'MUS',
    queue: 'SEND' as const,
    phase,
    channel: phase === 'prepared' ? '' : 'SMS',
    version: 0,
    since: '2026-05-04T06:00:00.000Z',
    dueAt,
  });

  it('is what is not through, or needs somebody', async () => {
    const table = new PostgresWorkTable(source);
    await table.clear();
    const due = '2026-05-04T06:00:00.000Z';
    const [open, through] = [
      [row(1, 'prepared', due), row(2, 'submitted', due), row(3, 'rejected', due), row(4, 'unknown', null)],
      [
        row(5, 'prepared', null),
        row(6, 'rejected', null),
        row(7, 'accepted', due),
        row(8, 'delivered', null),
      ],
    ];
    for (const one of [...open, ...through]) await table.add(one);
    const census = await messageGauges(source)
      .find(({ name }) => name === 'balagh.messages')
      ?.read();
    expect(
      census?.map(({ value, attributes }) => [attributes?.['channel'], attributes?.['state'], value]),
    ).toEqual(
      expect.arrayContaining([
        ['none', 'prepared', 1],
        ['SMS', 'submitted', 1],
        ['SMS', 'rejected', 1],
        ['SMS', 'unknown', 1],
      ]),
    );
    expect(census).toHaveLength(open.length);
  });

  it('is counted over its index, not by reading all that was ever sent', async () => {
    const explained: string[] = [];
    const runner = source.createQueryRunner();
    await runner.query('set enable_seqscan = off');
    const explaining = {
      query: async (sql: string): Promise<readonly never[]> => {
        const plan = (await runner.query(`explain ${sql}`)) as readonly Record<'QUERY PLAN', string>[];
        explained.push(...plan.map((line) => line['QUERY PLAN']));
        return [];
      },
    };
    await messageGauges(explaining as unknown as DataSource)[0]?.read();
    await runner.query('reset enable_seqscan');
    await runner.release();
    expect(explained.join('\n')).toContain('message_open');
  });
});

describe('many workers at once', () => {
  it('never get the same row', async () => {
    const table = new PostgresWorkTable(source);
    await table.clear();
    const now = '2026-05-04T06:00:00.000Z';
    const ids = Array.from(
      { length: 60 },
      (_, n) => `6f2c1d1e-0000-4000-8000-0000000001${String(n).padStart(2, '0')}`,
    );
    const caseId = '6f2c1d1e-0000-4000-8000-0000000000ca';
    for (const messageId of ids) {
      await table.add({
        messageId,
        caseId,
        tenant: 'MUS',
        queue: 'SEND',
        phase: 'prepared',
        channel: 'SMS',
        version: 0,
        since: now,
        dueAt: now,
      });
    }
    const claims = ['a', 'b', 'c', 'd', 'e', 'f'].map((owner) =>
      table.claim({
        queue: 'SEND',
        owner: uuidOf(owner),
        now,
        leaseMs: 60_000,
        limits: new Map([['SMS', 20]]),
      }),
    );
    const claimed = (await Promise.all(claims)).flat().map(({ messageId }) => messageId);
    expect(new Set(claimed).size).toBe(claimed.length);
    expect(claimed.length).toBeGreaterThanOrEqual(20);
  });

  it('migrations can be taken back', async () => {
    for (const _ of ownTables.migrations) await source.undoLastMigration({ transaction: 'none' });
    expect(await source.query(`select to_regclass('message') as "table"`)).toEqual([{ table: null }]);
    await source.runMigrations({ transaction: 'each' });
  });
});
