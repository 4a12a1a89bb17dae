import 'reflect-metadata';
import { type dispatch } from '@balagh/contracts';
import { type Profile } from '@balagh/profile';
import { PLATFORM, type Platform } from '@balagh/runtime';
import { type TestDatabase, proves, testDatabase } from '@balagh/testing';
import { caseInQueue } from './cases.fixture';
import { profileOf } from './history.fixture';
import { RunningDispatch, cleaning, distributor, newWorld, uuid } from './running-service.fixture';

const mus = (change: Partial<Profile> = {}): Profile => profileOf('MUS', { deadlines: [], ...change });

describe('durable timers', () => {
  let database: TestDatabase;
  let running: RunningDispatch;
  const start = async (profile: Profile): Promise<void> => {
    running = await RunningDispatch.start(newWorld(database.url, [profile]));
  };

  beforeEach(async () => {
    database = await testDatabase();
  });
  afterEach(async () => {
    await running.stop();
    await database.close();
  });

  /** Delivered to the cleaning section on Sunday 1 March 2026, 12:00 in Muscat. */
  const delivered = async (n = 1): Promise<string> => {
    const caseId = await caseInQueue(running, n);
    expect(await running.outcome('referCase', distributor, { caseId })).toEqual(['CaseReferred']);
    return caseId;
  };
  const since = async (caseId: string, type: string): Promise<unknown[]> => {
    const events = await running.events(caseId);
    return events.filter((event) => event.type === type).map(({ data }) => data);
  };
  const followUps = async (): Promise<string[]> => {
    const request = { tenant: 'MUS', queue: 'FOLLOW_UP', pageSize: 0, pageToken: '', order: '' };
    const page = await running.call<dispatch.ListQueueResponse & { error?: undefined }>(
      'Dispatch',
      'listQueue',
      distributor,
      request,
    );
    return page.error === undefined ? page.entries.map(({ caseId }) => caseId) : [page.error.reason];
  };

  const withEid = (profile: Profile): Profile => ({
    ...profile,
    calendar: { ...profile.calendar, holidays: [{ day: '2026-03-03', names: { ar: 'عيد', en: 'Eid' } }] },
  });
  const ownerReply = {
    code: 'OWNER_REPLY',
    when: {},
    from: 'DELIVERY',
    amount: 3,
    unit: 'WORKING_DAYS',
  } as const;

  it('remind the silent owner after two working days and give the distributor a follow-up', async () => {
    proves('MUS-25');
    await start(mus());
    const caseId = await delivered();
    await running.at('2026-03-03T19:59:59.999Z');
    expect(await since(caseId, 'ReminderIssued')).toEqual([]);
    expect(await followUps()).toEqual([]);
    await running.at('2026-03-04T03:30:00.001Z');
    expect(await since(caseId, 'ReminderIssued')).toEqual([
      {
        n: 1,
        owner: { kind: 'DIRECTORATE', code: 'DIR-SERVICES', section: 'SEC-CLEANING' },
        nextAt: '2026-03-09T03:30:00.000Z',
      },
    ]);
    expect(await followUps()).toEqual([caseId]);
    expect((await running.events(caseId)).at(-1)?.metadata).toMatchObject({
      line: 'system',
      recordedAt: '2026-03-04T03:30:00.001Z',
    });
    await running.at('2026-03-08T06:00:00.000Z');
    expect(await since(caseId, 'ReminderIssued')).toHaveLength(1);
    await running.at('2026-03-09T03:30:00.001Z');
    expect(await since(caseId, 'ReminderIssued')).toMatchObject([{ n: 1 }, { n: 2 }]);
  });

  it('remind three times and escalate at the fourth, across a restart, each once', async () => {
    await start(mus());
    const caseId = await delivered();
    await running.at('2026-03-04T03:30:00.001Z');
    await running.poller.look();
    const { world } = running;
    await running.stop();
    running = await RunningDispatch.start(world);
    for (const time of ['2026-03-09T03:30:00.001Z', '2026-03-12T03:30:00.001Z', '2026-03-17T03:30:00.001Z']) {
      await running.at(time);
      await running.at(time);
    }
    expect((await since(caseId, 'ReminderIssued')).map((data) => (data as { n: number }).n)).toEqual([
      1, 2, 3,
    ]);
    expect(await since(caseId, 'CaseEscalated')).toEqual([
      {
        level: 1,
        to: 'DIRECTORATE_MANAGER',
        cause: 'REMINDERS_UNANSWERED',
        nextAt: '2026-03-22T03:30:00.000Z',
      },
    ]);
  });

  it('collapse after an outage into the latest reminder', async () => {
    await start(mus());
    const caseId = await delivered();
    await running.at('2026-03-12T06:00:00.000Z');
    expect(await since(caseId, 'ReminderIssued')).toMatchObject([
      { n: 3, nextAt: '2026-03-17T03:30:00.000Z' },
    ]);
    expect(await since(caseId, 'CaseEscalated')).toEqual([]);
  });

  it('wait for the office to open', async () => {
    await start(mus());
    const caseId = await delivered();
    await running.at('2026-03-04T20:00:00.000Z');
    expect(await since(caseId, 'ReminderIssued')).toEqual([]);
    await running.at('2026-03-05T03:30:00.001Z');
    expect(await since(caseId, 'ReminderIssued')).toMatchObject([{ n: 1 }]);
  });

  it('end with the reply', async () => {
    await start(mus());
    const caseId = await delivered();
    await running.command('returnResolution', cleaning, { caseId, resolution: 'تم', result: 'SOLVED' });
    await running.at('2026-06-01T06:00:00.000Z');
    expect(await since(caseId, 'ReminderIssued')).toEqual([]);
    expect((await database.pool.query('select 1 from timer')).rowCount).toBe(0);
  });

  it('take effect once, however many processes look at the same time', async () => {
    await start(mus());
    for (let n = 1; n <= 5; n += 1) await delivered(n);
    running.world.clock.set('2026-03-04T03:30:00.001Z');
    const other = await RunningDispatch.start(running.world);
    const taken = await Promise.all([running.poller.look(), other.poller.look(), running.poller.look()]);
    await other.stop();
    expect(taken.reduce((sum, n) => sum + n, 0)).toBe(5);
    for (let n = 1; n <= 5; n += 1) expect(await since(uuid(1, n), 'ReminderIssued')).toHaveLength(1);
  });

  it('that a dead process had taken are fired by another when its lease runs out', async () => {
    await start(mus());
    const caseId = await delivered();
    await database.pool.query(
      `update timer set lease_owner = 'dead', lease_until = '2026-03-04T03:30:30Z', fence = 7`,
    );
    await running.at('2026-03-04T03:30:10.000Z');
    expect(await since(caseId, 'ReminderIssued')).toEqual([]);
    await running.at('2026-03-04T03:30:30.001Z');
    expect(await since(caseId, 'ReminderIssued')).toHaveLength(1);
    const { rows } = await database.pool.query<{ lease_owner: string | null; fence: string }>(
      'select lease_owner, fence from timer',
    );
    expect(rows).toEqual([{ lease_owner: null, fence: '8' }]);
  });

  it('breach a limit from the registration once and escalate', async () => {
    await start(
      mus({
        deadlines: [{ code: 'REPLY_30D', when: {}, from: 'REGISTRATION', amount: 30, unit: 'CALENDAR_DAYS' }],
        reminders: { everyWorkingDays: 200, escalateAfter: 3 },
      }),
    );
    const caseId = await delivered();
    await running.at('2026-03-31T08:00:00.000Z');
    expect(await since(caseId, 'SlaBreached')).toEqual([]);
    await running.at('2026-03-31T08:00:00.001Z');
    await running.at('2026-04-20T08:00:00.000Z');
    expect(await since(caseId, 'SlaBreached')).toEqual([
      { sla: 'REPLY_30D', dueAt: '2026-03-31T08:00:00.000Z' },
    ]);
    expect(await since(caseId, 'CaseEscalated')).toEqual([
      { level: 1, to: 'DIRECTORATE_MANAGER', cause: 'DEADLINE_BREACHED' },
    ]);
    expect(await followUps()).toEqual([caseId]);
  });

  it('move with a holiday announced late, and the move is recorded', async () => {
    const profile = mus({ deadlines: [ownerReply] });
    await start(profile);
    const caseId = await delivered();
    running.world.profiles.push(withEid(profile));
    await running.at('2026-03-02T06:00:00.000Z');
    await running.at('2026-03-02T06:00:01.000Z');
    expect(await since(caseId, 'DueDateRecomputed')).toEqual([
      { dueAt: '2026-03-05T19:59:59.999Z', previousDueAt: '2026-03-04T19:59:59.999Z', calendarVersion: 2 },
    ]);
    await running.at('2026-03-05T19:59:00.000Z');
    expect(await since(caseId, 'SlaBreached')).toEqual([]);
    await running.at('2026-03-05T20:00:00.000Z');
    expect(await since(caseId, 'SlaBreached')).toEqual([
      { sla: 'OWNER_REPLY', dueAt: '2026-03-05T19:59:59.999Z' },
    ]);
  });

  const limit = (code: string, when: Profile['deadlines'][number]['when']) =>
    ({ code, when, from: 'REGISTRATION', amount: 3, unit: 'WORKING_DAYS' }) as const;

  it('breach a limit that begins to apply after another of the same instant was breached', async () => {
    proves('BAH-08');
    const deadlines = [limit('ALL_3WD', {}), limit('URGENT_3WD', { priority: 'URGENT' })];
    await start(mus({ deadlines, reminders: { everyWorkingDays: 200, escalateAfter: 3 } }));
    const caseId = await delivered();
    await running.at('2026-03-04T20:00:00.000Z');
    const urgent = {
      type: 'PriorityAssessed',
      data: { priority: 'URGENT', handlingClass: 'FASTEST', ruleId: 'R', inputs: {} },
    } as const;
    await running.write('routing', caseId, [urgent]);
    await running.feed.drain();
    await running.at('2026-03-04T20:01:00.000Z');
    const dueAt = '2026-03-04T19:59:59.999Z';
    expect(await since(caseId, 'SlaBreached')).toEqual([
      { sla: 'ALL_3WD', dueAt },
      { sla: 'URGENT_3WD', dueAt },
    ]);
  });

  /** Rows of cases that the store does not know; their ids come before those of others. */
  const strayTimers = (count: number, dueAt: string, calendarVersion = 1) =>
    database.pool.query(
      `insert into timer (case_id, kind, tenant, due_at, calendar_version)
        select lpad(n::text, 32, '0')::uuid, 'DEADLINE', 'MUS', $2, $3 from generate_series(1, $1) n`,
      [count, dueAt, calendarVersion],
    );

  it('that no case confirms pause before they are looked at again', async () => {
    await start(mus());
    const caseId = await delivered();
    await strayTimers(3, '2026-03-01T00:00:00.000Z');
    await database.pool.query(
      `update timer set due_at = '2026-03-01T00:00:00Z' where case_id = $1 and kind = 'REMINDER'`,
      [caseId],
    );
    await database.pool.query('update queue_entry set version = version + 1000');
    running.world.clock.set('2026-03-02T06:00:00.000Z');
    expect(await running.poller.look()).toBe(4);
    running.world.clock.advance(1_000);
    expect(await running.poller.look()).toBe(0);
    running.world.clock.advance(30_000);
    expect(await running.poller.look()).toBe(4);
  });

  it('that come due together do not wait for the next look', async () => {
    await start(mus());
    await strayTimers(120, '2026-03-01T00:00:00.000Z');
    const caseId = await delivered();
    await running.at('2026-03-04T03:30:00.001Z');
    expect(await since(caseId, 'ReminderIssued')).toHaveLength(1);
    running.world.clock.advance(30_001);
    expect(await running.poller.look()).toBe(120);
  });

  it('move with the calendar although a page of cases before them cannot be moved', async () => {
    const profile = mus({ deadlines: [ownerReply] });
    await start(profile);
    const caseId = await delivered();
    await strayTimers(50, '2026-06-01T00:00:00.000Z');
    running.world.profiles.push(withEid(profile));
    await running.at('2026-03-02T06:00:00.000Z');
    await running.at('2026-03-02T06:00:01.000Z');
    expect(await since(caseId, 'DueDateRecomputed')).toHaveLength(1);
  });

  it('fire and move although the profile of another tenant cannot be read', async () => {
    const profile = mus({ deadlines: [ownerReply] });
    await start(profile);
    const caseId = await delivered();
    const { profiles } = running.service.app.get<Platform>(PLATFORM);
    jest.spyOn(profiles, 'tenants').mockResolvedValue(['BROKEN', 'MUS']);
    await expect(profiles.latest('BROKEN')).rejects.toThrow();
    running.world.profiles.push(withEid(profile));
    await running.at('2026-03-05T03:30:00.001Z');
    expect(await since(caseId, 'ReminderIssued')).toHaveLength(1);
    expect(await since(caseId, 'DueDateRecomputed')).toHaveLength(1);
  });
});
