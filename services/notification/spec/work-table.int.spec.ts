import 'reflect-metadata';
import { openTables } from '@balagh/runtime';
import { type TestDatabase, testDatabase } from '@balagh/testing';
import { type DataSource } from 'typeorm';
import { ownTables } from '../src';
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
    touch: (messageId, dueAt) => table.touch(messageId, dueAt),
    clear: () => table.clear(),
  };
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
        channel: '',
        version: 0,
        since: now,
        dueAt: now,
      });
    }
    const claims = ['a', 'b', 'c', 'd', 'e', 'f'].map((owner) =>
      table.claim({ queue: 'SEND', owner: uuidOf(owner), now, leaseMs: 60_000, limit: 20 }),
    );
    const claimed = (await Promise.all(claims)).flat().map(({ messageId }) => messageId);
    expect(new Set(claimed).size).toBe(claimed.length);
    expect(claimed.length).toBeGreaterThanOrEqual(20);
  });

  it('the migration can be taken back', async () => {
    await source.undoLastMigration();
    expect(await source.query(`select to_regclass('message') as "table"`)).toEqual([{ table: null }]);
    await source.runMigrations();
  });
});
