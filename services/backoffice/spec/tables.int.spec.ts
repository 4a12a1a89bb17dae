import { type DataSource } from 'typeorm';
import { openTables } from '@balagh/runtime';
import { createStreams } from '@balagh/event-store';
import { type TestDatabase, eventually, proves, testDatabase } from '@balagh/testing';
import { LiveUpdates } from '../src/application/live-updates';
import { ProjectCase } from '../src/application/project-case.handler';
import { ownTables } from '../src/backoffice.parts';
import { PostgresCaseRows } from '../src/outbound/case-rows.adapter';
import { NumberParts1764200000000 } from '../src/outbound/migrations/1764200000000-number-parts.migration';
import { PostgresSessionTable } from '../src/outbound/session-table.adapter';
import { CaseWorld, distributor, uuid } from './case-world';
import { caseRowsContract } from './case-rows.contract';

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

describe('work lists in PostgreSQL', () => {
  caseRowsContract(async () => {
    await source.query('truncate case_row');
    return new PostgresCaseRows(source);
  });

  it('come out the same when they are deleted and rebuilt from the store', async () => {
    proves('SYS-02');
    await source.query('truncate case_row');
    const world = new CaseWorld();
    const projection = new ProjectCase(
      world.store,
      createStreams(world.store, { author: 'access', now: () => '' }),
      new PostgresCaseRows(source),
      new LiveUpdates(),
    );
    for (let n = 1; n <= 1_700; n += 1) await projection.refresh(await world.referred(n));
    const note = await world.seal(3, 'اتصال');
    await world.write(
      uuid(1, 3),
      { type: 'FollowUpRecorded', data: { followUpId: uuid(6, 3), note } },
      distributor,
    );
    await projection.refresh(uuid(1, 3));
    expect((await world.store.readAll({ limit: 10_500 })).events.length).toBe(10_201);
    const before: unknown = await source.query('select * from case_row order by case_id');
    await source.query('truncate case_row');
    expect(await projection.rebuild()).toBe(1_700);
    expect(await source.query('select * from case_row order by case_id')).toEqual(before);
  }, 120_000);
});

describe('lists in PostgreSQL', () => {
  it.each([
    ['case_row_by_due', '', 'due_at asc nulls last, opened_at asc, case_id asc'],
    ['case_row_by_category', `and category = 'ROADS'`, 'opened_at asc, case_id asc'],
    [
      'case_row_by_company',
      `and opened_by_organisation = 'HOTLINE' and opened_by_organisation <> tenant`,
      'opened_at asc, case_id asc',
    ],
  ])('are read in the order of %s, not sorted', async (index, filter, order) => {
    const list = `select * from case_row where tenant = 'MUS' ${filter} order by ${order} limit 25`;
    const plan: unknown = await source.transaction(async (manager) => {
      await manager.query('set local enable_seqscan = off');
      await manager.query('set local enable_sort = off');
      return manager.query(`explain ${list}`);
    });
    expect(JSON.stringify(plan)).toContain(index);
    expect(JSON.stringify(plan)).not.toContain('Sort Key');
  });
});

describe('the look-up by a part of the number', () => {
  const indexes = async (): Promise<unknown> =>
    source.query(`select indexname from pg_indexes where indexname = 'case_row_by_number_part'`);
  const byNumberPart = `'case_row_by_number_part'::regclass`;
  const valid = async (): Promise<unknown> =>
    source.query(`select indisvalid from pg_index where indexrelid = ${byNumberPart}`);
  const waiting = `select 1 from pg_stat_activity where query ilike '%create index%case_row_by_number_part%' and wait_event_type = 'Lock'`;
  const migrate = async (): Promise<void> => {
    const runner = source.createQueryRunner();
    await new NumberParts1764200000000().up(runner);
    await runner.release();
  };

  it('goes without an index where the server has no trigrams, and takes one where it has', async () => {
    expect(await indexes()).toEqual([]);
    await source.query('create schema extensions; create extension pg_trgm schema extensions');
    await migrate();
    expect(await indexes()).toHaveLength(1);
    await migrate();
    const like = `select 1 from case_row where case_number ilike '%00017%'`;
    const plan: unknown = await source.transaction(async (manager) => {
      await manager.query('set local enable_seqscan = off');
      return manager.query(`explain ${like}`);
    });
    expect(JSON.stringify(plan)).toContain('case_row_by_number_part');
  });

  it('is made while cases go on being written, and anew when an attempt was broken off', async () => {
    await source.query('drop index case_row_by_number_part');
    const writer = await database.pool.connect();
    await writer.query('begin; lock table case_row in row exclusive mode');
    await writer.query('select pg_current_xact_id()');
    const made = migrate();
    await eventually(async () => (await source.query<unknown[]>(waiting)).length > 0, { deadlineMs: 10_000 });
    const other = await database.pool.connect();
    await other.query(`set lock_timeout = '2s'; update case_row set stage = stage; reset lock_timeout`);
    other.release();
    await writer.query('commit');
    writer.release();
    await made;
    expect(await valid()).toEqual([{ indisvalid: true }]);
    await source.query(`update pg_index set indisvalid = false where indexrelid = ${byNumberPart}`);
    await migrate();
    expect(await valid()).toEqual([{ indisvalid: true }]);
  });
});

describe('sessions in PostgreSQL', () => {
  const at = (time: string): Date => new Date(`2026-03-01T${time}:00.000Z`);

  it('are renewed by one at a time, and never brought back', async () => {
    const table = new PostgresSessionTable(source);
    const row = { id: 'c'.repeat(64), sealedTokens: 'sealed', startedAt: at('08:00'), seenAt: at('08:00') };
    const claim = (sealedTokens: string, from: string, until: string): Promise<boolean> =>
      table.claimRenewal({ id: row.id, sealedTokens, at: at(from), until: at(until) });
    await table.put(row);
    expect(await claim('others', '08:10', '08:11')).toBe(false);
    expect(await claim('sealed', '08:10', '08:11')).toBe(true);
    expect(await claim('sealed', '08:10', '08:11')).toBe(false);
    expect(await claim('sealed', '08:11', '08:12')).toBe(true);
    await table.releaseRenewal(row.id, 'sealed');
    expect(await claim('sealed', '08:11', '08:12')).toBe(true);
    expect(await table.replaceTokens(row.id, 'others', 'renewed')).toBe(false);
    expect(await table.replaceTokens(row.id, 'sealed', 'renewed')).toBe(true);
    expect(await table.find(row.id)).toEqual({ ...row, sealedTokens: 'renewed' });
    expect(await claim('renewed', '08:11', '08:12')).toBe(true);
    await table.remove(row.id);
    expect(await table.replaceTokens(row.id, 'renewed', 'again')).toBe(false);
    expect(await table.find(row.id)).toBeUndefined();
  });

  it('are kept, seen again, and swept when idle or old', async () => {
    const table = new PostgresSessionTable(source);
    const row = { id: 'a'.repeat(64), sealedTokens: 'sealed', startedAt: at('08:00'), seenAt: at('08:00') };
    await table.put(row);
    await table.touch(row.id, at('08:20'));
    expect(await table.find(row.id)).toEqual({ ...row, seenAt: at('08:20') });
    await table.put({ ...row, id: 'b'.repeat(64), seenAt: at('07:00') });
    expect(await table.removeStale(at('08:00'), at('00:00'))).toBe(1);
    expect(await table.find('b'.repeat(64))).toBeUndefined();
    await table.remove(row.id);
    expect(await table.find(row.id)).toBeUndefined();
  });
});
