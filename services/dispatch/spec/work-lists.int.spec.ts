import 'reflect-metadata';
import { type CaseEvent, caseStream } from '@balagh/case-events';
import { type dispatch } from '@balagh/contracts';
import { encodePageToken } from '@balagh/runtime';
import { type TestDatabase, proves, testDatabase } from '@balagh/testing';
import { caseInQueue, registeredCase } from './cases.fixture';
import {
  HAYA,
  informed,
  profileOf,
  referred,
  returned,
  routed,
  sealed,
  sentToSecondLine,
} from './history.fixture';
import {
  RunningDispatch,
  agent,
  cleaning,
  distributor,
  newWorld,
  staff,
  uuid,
} from './running-service.fixture';

const deadlines = [
  { code: 'OWNER_REPLY', when: {}, from: 'DELIVERY', amount: 3, unit: 'WORKING_DAYS' },
] as const;

describe('the work lists', () => {
  let database: TestDatabase;
  let running: RunningDispatch;

  beforeEach(async () => {
    database = await testDatabase();
    running = await RunningDispatch.start(
      newWorld(database.url, [profileOf('MUS', { deadlines: [...deadlines] })]),
    );
  });
  afterEach(async () => {
    await running.stop();
    await database.close();
  });

  type Page = dispatch.ListQueueResponse & { readonly error?: undefined };
  const list = async (change: object = {}, principal = distributor): Promise<Page> => {
    const request = { tenant: 'MUS', queue: 'SECOND_LINE', pageSize: 0, pageToken: '', order: '', ...change };
    const page = await running.call<Page>('Dispatch', 'listQueue', principal, request);
    if (page.error !== undefined) throw new Error(page.error.reason);
    return page;
  };
  const numbers = (page: Page): number[] =>
    page.entries.map(({ caseNumber }) => Number(caseNumber.slice(-6)));
  /** Cases a minute apart; the numbers say who is oldest. */
  const casesInQueue = async (from: number, to: number): Promise<void> => {
    for (let n = from; n <= to; n += 1) {
      await caseInQueue(running, n);
      running.world.clock.advance(60_000);
    }
  };
  const rows = async (table: string, order: string): Promise<unknown[]> =>
    (await database.pool.query(`select * from ${table} order by ${order}`)).rows as unknown[];

  it('show open cases oldest first, with status, owner and due time', async () => {
    proves('MUS-48');
    await casesInQueue(1, 3);
    await running.command('referCase', distributor, { caseId: uuid(1, 2) });
    await running.command('transferCase', distributor, { caseId: uuid(1, 3), agency: 'HAYA_WATER' });
    const delivered = await list({ queue: 'THIRD_LINE' });
    expect(delivered.entries).toMatchObject([
      {
        caseNumber: 'MUS-2026-000002',
        stage: 'WITH_THIRD_LINE',
        owner: { code: 'DIR-SERVICES', section: 'SEC-CLEANING' },
        registeredAt: '2026-03-01T08:01:00.000Z',
        dueAt: '2026-03-04T19:59:59.999Z',
      },
      {
        caseNumber: 'MUS-2026-000003',
        stage: 'TRANSFERRED_EXTERNALLY',
        owner: { kind: 'AGENCY', code: 'HAYA_WATER' },
      },
    ]);
    await casesInQueue(4, 5);
    const waiting = await list();
    expect([numbers(waiting), waiting.total, waiting.nextPageToken]).toEqual([[1, 4, 5], 3, '']);
  });

  it('keep their pages when cases come and go meanwhile', async () => {
    await casesInQueue(1, 5);
    const first = await list({ pageSize: 2 });
    expect([numbers(first), first.total]).toEqual([[1, 2], 5]);
    await running.command('referCase', distributor, { caseId: uuid(1, 1) });
    await running.command('referCase', distributor, { caseId: uuid(1, 4) });
    await casesInQueue(6, 6);
    const second = await list({ pageSize: 2, pageToken: first.nextPageToken });
    expect(numbers(second)).toEqual([3, 5]);
    expect(numbers(await list({ pageSize: 2, pageToken: second.nextPageToken }))).toEqual([6]);
  });

  it('put the most urgent on top when asked to', async () => {
    await casesInQueue(1, 3);
    const urgent = {
      type: 'PriorityAssessed',
      data: { priority: 'URGENT', handlingClass: 'FASTEST', ruleId: 'R', inputs: {} },
    } as const;
    await running.write('routing', uuid(1, 2), [urgent]);
    const first = await list({ order: 'PRIORITY', pageSize: 2 });
    expect(numbers(first)).toEqual([2, 1]);
    expect(numbers(await list({ order: 'PRIORITY', pageSize: 2, pageToken: first.nextPageToken }))).toEqual([
      3,
    ]);
  });

  it('of line 3 hold its own party’s cases only', async () => {
    await casesInQueue(1, 2);
    await caseInQueue(running, 3, HAYA);
    await running.command('referCase', distributor, { caseId: uuid(1, 1) });
    await running.command('referCase', distributor, {
      caseId: uuid(1, 2),
      owner: { kind: 'DIRECTORATE', code: 'DIR-SERVICES', section: 'SEC-GARDENS' },
    });
    const ofParty = async (code: string, section?: string) =>
      numbers(
        await list(
          { queue: 'THIRD_LINE' },
          staff(['LINE3'], section === undefined ? { code } : { code, section }),
        ),
      );
    expect(numbers(await list({ queue: 'THIRD_LINE' }, cleaning))).toEqual([1]);
    expect(await ofParty('DIR-SERVICES')).toEqual([1, 2]);
    expect(await ofParty('DIR-ROADS')).toEqual([]);
  });

  it('of a committee hold what was referred to it', async () => {
    proves('BAH-03');
    const [before] = running.world.profiles;
    if (before === undefined) throw new Error('no profile');
    const names = { ar: 'لجنة الإسكان', en: 'Housing committee' };
    const committee = { code: 'HOUSING_COMMITTEE', names, contacts: {} };
    running.world.profiles[0] = { ...before, committees: [committee] };
    await casesInQueue(1, 2);
    const owner = { kind: 'COMMITTEE', code: 'HOUSING_COMMITTEE' };
    const referral = { caseId: uuid(1, 2), owner };
    expect(await running.outcome('referCase', distributor, referral)).toEqual(['CaseReferred']);
    const own = staff(['LINE3'], { code: 'HOUSING_COMMITTEE' });
    expect((await list({ queue: 'THIRD_LINE' }, own)).entries).toMatchObject([
      { caseNumber: 'MUS-2026-000002', owner },
    ]);
  });

  it.each([
    ['line 1', agent, {}, 'ACTION_NOT_PERMITTED'],
    ['line 3 for the second line’s queue', cleaning, {}, 'ACTION_NOT_PERMITTED'],
    ['line 3 without a party', staff(['LINE3']), { queue: 'THIRD_LINE' }, 'CASE_FOREIGN'],
    ['another organisation', staff(['LINE2'], undefined, ['QAT-MME']), {}, 'TENANT_FOREIGN'],
    ['an unknown queue', distributor, { queue: 'ALL' }, 'QUEUE_UNKNOWN'],
    ['an unknown order', distributor, { order: 'RANDOM' }, 'ORDER_UNKNOWN'],
    ['a broken page token', distributor, { pageToken: 'x' }, 'PAGE_TOKEN_INVALID'],
  ])('refuse %s', async (_who, principal, change, code) => {
    await expect(list(change, principal)).rejects.toThrow(code);
  });

  it.each([
    ['a rank beyond all', { rank: 5_000_000_000 }],
    ['a rank below all', { rank: -1 }],
    ['the year 0', { registeredAt: '0000-01-01T00:00:00.000Z' }],
    ['hundreds of digits', { registeredAt: `2026-03-01T08:00:00.${'1'.repeat(400)}Z` }],
  ])('refuse a page token with %s', async (_what, change) => {
    await casesInQueue(1, 2);
    const { nextPageToken } = await list({ order: 'PRIORITY', pageSize: 1 });
    const position = JSON.parse(Buffer.from(nextPageToken, 'base64url').toString()) as object;
    const pageToken = encodePageToken({ ...position, ...change });
    await expect(list({ order: 'PRIORITY', pageToken })).rejects.toThrow('PAGE_TOKEN_INVALID');
    expect(numbers(await list({ order: 'PRIORITY', pageToken: nextPageToken }))).toEqual([2]);
  });

  it('are rebuilt to equal rows while the service runs, after they were deleted', async () => {
    await casesInQueue(1, 6);
    await running.command('referCase', distributor, { caseId: uuid(1, 1) });
    await running.command('transferCase', distributor, { caseId: uuid(1, 2), agency: 'HAYA_WATER' });
    await running.command('recordFollowUp', distributor, { caseId: uuid(1, 2), note: 'x' });
    const all = async () => [
      await rows('queue_entry', 'case_id'),
      await rows('transfer', 'transfer_id'),
      (
        await database.pool.query(
          'select case_id, kind, due_at, calendar_version from timer order by case_id, kind',
        )
      ).rows as unknown[],
    ];
    const before = await all();
    expect(before.map((table) => table.length)).toEqual([6, 1, 4]);
    for (const table of ['queue_entry', 'transfer', 'timer'])
      await database.pool.query(`delete from ${table}`);
    expect((await running.http('rebuild', distributor)).status).toBe(403);
    const answer = await running.http('rebuild', staff(['ADMINISTRATOR']));
    expect([answer.status, await answer.json()]).toEqual([200, { cases: 6, failed: 0, removed: 0 }]);
    expect(await all()).toEqual(before);
  });

  it('are rebuilt of every other case when one can no longer be read', async () => {
    proves('SYS-02');
    await casesInQueue(1, 1);
    const event = { type: 'CaseRegistered', data: '{}', metadata: '{}' };
    await running.world.store.append(caseStream(uuid(1, 99)), 'none', [{ id: uuid(9, 99), ...event }]);
    await casesInQueue(2, 3);
    const before = await rows('queue_entry', 'case_id');
    await database.pool.query('delete from queue_entry');
    const answer = await running.http('rebuild', staff(['ADMINISTRATOR']));
    expect([answer.status, await answer.json()]).toEqual([200, { cases: 3, failed: 1, removed: 0 }]);
    expect(await rows('queue_entry', 'case_id')).toEqual(before);
  });

  it('of 10,000 events are rebuilt to equal rows', async () => {
    proves('SYS-02');
    const cases = 1_000;
    const dispatched: CaseEvent[] = [
      sentToSecondLine(),
      referred(),
      { type: 'Acknowledged', data: { source: 'INTERNAL' } },
      {
        type: 'ActionAdded',
        data: { actionId: uuid(5, 1), source: 'INTERNAL', description: sealed('x'), state: 'DONE' },
      },
      returned(),
      informed,
    ];
    for (let n = 1; n <= cases; n += 1) {
      const caseId = await registeredCase(running, n);
      await running.write('routing', caseId, [routed()]);
      await running.write('dispatch', caseId, dispatched.slice(0, n % 2 === 0 ? 6 : 4));
      if (n % 2 === 1) await running.write('dispatch', caseId, [returned(), informed]);
    }
    await running.feed.drain();
    const before = await rows('queue_entry', 'case_id');
    expect(before).toHaveLength(cases);
    await database.pool.query('delete from queue_entry');
    const answer = await running.http('rebuild', staff(['ADMINISTRATOR']));
    expect(await answer.json()).toEqual({ cases, failed: 0, removed: 0 });
    expect(await rows('queue_entry', 'case_id')).toEqual(before);
    expect((before as { version: number }[]).reduce((sum, { version }) => sum + version, 0)).toBe(10_000);
  }, 120_000);
});
