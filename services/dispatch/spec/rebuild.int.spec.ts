import 'reflect-metadata';
import { type CaseEvent, caseStream } from '@balagh/case-events';
import { PLATFORM, type Platform, serviceConfig } from '@balagh/runtime';
import { type TestDatabase, proves, testDatabase } from '@balagh/testing';
import { type DataSource } from 'typeorm';
import { type KeptRows } from '../src/application/kept-rows.port';
import { ProjectCaseHandler } from '../src/application/project-case.handler';
import { RebuildHandler } from '../src/application/rebuild.handler';
import { openDispatchTables } from '../src/dispatch.tables';
import { PostgresKeptRows } from '../src/outbound/kept-rows.adapter';
import { PostgresReadModels } from '../src/outbound/read-models.adapter';
import { caseInQueue } from './cases.fixture';
import { opened, profileOf } from './history.fixture';
import { RunningDispatch, distributor, newWorld, staff, uuid } from './running-service.fixture';

const tables = {
  queue_entry: 'select * from queue_entry order by case_id',
  transfer: 'select * from transfer order by transfer_id',
  timer: 'select case_id, kind, due_at, calendar_version from timer order by case_id, kind',
};
const [referred, handedOver, waiting] = [uuid(1, 1), uuid(1, 2), uuid(1, 3)];

describe('a rebuild', () => {
  let database: TestDatabase;
  let running: RunningDispatch;
  let source: DataSource;

  beforeEach(async () => {
    database = await testDatabase();
    const deadline = { code: 'OWNER_REPLY', from: 'DELIVERY', amount: 3, unit: 'WORKING_DAYS' } as const;
    const profile = profileOf('MUS', { deadlines: [{ ...deadline, when: {} }] });
    running = await RunningDispatch.start(newWorld(database.url, [profile]));
    source = await openDispatchTables(
      serviceConfig({ DATABASE_URL: database.url, ISSUER_URL: 'http://issuer.example' }),
    );
    for (const n of [1, 2, 3]) await caseInQueue(running, n);
    await running.command('referCase', distributor, { caseId: referred });
    await running.command('transferCase', distributor, { caseId: handedOver, agency: 'HAYA_WATER' });
  });
  afterEach(async () => {
    await source.destroy();
    await running.stop();
    await database.close();
  });

  const all = async (): Promise<unknown[][]> =>
    Promise.all(Object.values(tables).map(async (sql) => (await database.pool.query(sql)).rows as unknown[]));
  const run = (sql: string, parameters: unknown[] = []) => database.pool.query(sql, parameters);
  const rebuilt = async (): Promise<unknown> =>
    (await running.http('rebuild', staff(['ADMINISTRATOR']))).json();
  /** A transfer that the case does not have. */
  const strayTransfer = (n: number, caseId: string, version: number) =>
    run(
      `insert into transfer select $1, $2, tenant, case_number, agency, category, transferred_at, due_at, acknowledged, open, $3
       from transfer where case_id = $4`,
      [uuid(6, n), caseId, version, handedOver],
    );
  /** An entry like that of another case. */
  const strayEntry = (caseId: string, version: number) =>
    run(
      `insert into queue_entry
       select (jsonb_populate_record(e, jsonb_build_object('case_id', $1::text, 'version', $2::integer))).*
       from queue_entry e where case_id = $3`,
      [caseId, version, waiting],
    );
  /** One that runs in this process, whose look at the tables can be held up. */
  const rebuildWith = (change: (kept: KeptRows) => Partial<KeptRows>): RebuildHandler => {
    const real = new PostgresKeptRows(source);
    const kept: KeptRows = {
      find: (caseId) => real.find(caseId),
      replace: (found, rows) => real.replace(found, rows),
      remove: (caseId, found) => real.remove(caseId, found),
      entries: (after, limit) => real.entries(after, limit),
      dependants: (after, limit) => real.dependants(after, limit),
      ...change(real),
    };
    const { app } = running.service;
    const { log } = app.get<Platform>(PLATFORM);
    const projection = app.get(ProjectCaseHandler);
    const rows = new PostgresReadModels(source);
    return new RebuildHandler({ store: running.world.store, projection, rows, kept, log });
  };

  it('puts rows right that claim events which a restore has lost', async () => {
    proves('SYS-02');
    const before = await all();
    expect(before.map((rows) => rows.length)).toEqual([3, 1, 4]);
    await run(`update queue_entry set version = version + 5, stage = 'CLOSED', turn = 'NOBODY'`);
    await run('update transfer set version = version + 5, open = false');
    await run('delete from timer where case_id = $1', [referred]);
    await strayTransfer(1, referred, 99);
    await run(
      `insert into timer (case_id, kind, tenant, due_at, calendar_version) values ($1, 'DEADLINE', 'MUS', now(), 1)`,
      [waiting],
    );
    expect(await rebuilt()).toEqual({ cases: 3, failed: 0, removed: 0 });
    expect(await all()).toEqual(before);
  });

  it('removes rows without a registered case, page after page', async () => {
    proves('SYS-02');
    const before = await all();
    // Of the first of these the store has the opening and no more.
    await running.write('intake', uuid(6, 1), [opened as CaseEvent]);
    for (let n = 1; n <= 510; n += 1) await strayEntry(uuid(6, n), 4);
    await run(
      `insert into timer (case_id, kind, tenant, due_at, calendar_version)
       select case_id, kind, 'MUS', now(), 1 from queue_entry, unnest(array['DEADLINE', 'REMINDER']) kind where case_id = $1`,
      [uuid(6, 1)],
    );
    await run(
      `insert into timer (case_id, kind, tenant, due_at, calendar_version)
       select gen_random_uuid(), 'DEADLINE', 'MUS', now(), 1 from generate_series(1, 510)`,
    );
    await strayTransfer(1, uuid(6, 2), 4);
    await strayTransfer(2, uuid(6, 999), 4);
    expect(await rebuilt()).toEqual({ cases: 3, failed: 0, removed: 510 + 510 + 1 });
    expect(await all()).toEqual(before);
  });

  it('counts a case once that it cannot read, and leaves its rows', async () => {
    const event = { type: 'CaseRegistered', data: '{}', metadata: '{}' };
    await running.world.store.append(caseStream(uuid(1, 99)), 'none', [{ id: uuid(9, 99), ...event }]);
    await strayEntry(uuid(1, 99), 4);
    await strayTransfer(1, uuid(1, 99), 4);
    const before = await all();
    expect(await rebuilt()).toEqual({ cases: 3, failed: 1, removed: 0 });
    expect(await all()).toEqual(before);
  });

  it('leaves a row alone that the feed writes between its look and the removal', async () => {
    const late = uuid(1, 4);
    await strayEntry(late, 1);
    let removals = 0;
    const handler = rebuildWith((kept) => ({
      remove: async (caseId, found) => {
        removals += 1;
        await caseInQueue(running, 4);
        await running.command('referCase', distributor, { caseId: late });
        return kept.remove(caseId, found);
      },
    }));
    expect(await handler.rebuild()).toEqual({ cases: 3, failed: 0, removed: 0 });
    expect(removals).toBe(1);
    const after = await all();
    expect(after.map((rows) => rows.length)).toEqual([4, 1, 6]);
    await rebuilt();
    expect(await all()).toEqual(after);
  });

  it('removes a transfer that its case does not have, also from rows that count as many events', async () => {
    const before = await all();
    const { version } = before[0]?.[0] as { version: number };
    await strayTransfer(1, referred, version);
    await strayTransfer(2, handedOver, 1);
    await rebuilt();
    expect(await all()).toEqual(before);
  });

  it('leaves a row alone that the feed writes between its look and its writing', async () => {
    proves('SYS-02');
    // Claims one event more than there are: the next one makes it count right, by the same number.
    await run(`update queue_entry set version = version + 1, stage = 'CLOSED' where case_id = $1`, [waiting]);
    let late = 0;
    const handler = rebuildWith((kept) => ({
      replace: async (found, rows) => {
        late += 1;
        await running.command('referCase', distributor, { caseId: waiting });
        await kept.replace(found, rows);
      },
    }));
    await handler.rebuild();
    expect(late).toBe(1);
    const { rows } = await run('select stage, version from queue_entry where case_id = $1', [waiting]);
    const events = await running.types(waiting);
    expect(rows).toEqual([{ stage: 'WITH_THIRD_LINE', version: events.length }]);
  });
});
