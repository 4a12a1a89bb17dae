import 'reflect-metadata';
import { status } from '@grpc/grpc-js';
import { type CaseEvent } from '@balagh/case-events';
import { type dispatch } from '@balagh/contracts';
import { type TestDatabase, proves, testDatabase } from '@balagh/testing';
import { caseInQueue, registeredCase } from './cases.fixture';
import { SEC_CLEANING, profileOf, registered, routed } from './history.fixture';
import {
  RunningDispatch,
  agent,
  cleaning,
  distributor,
  newWorld,
  staff,
  uuid,
} from './running-service.fixture';

describe('lines 1, 2 and 3', () => {
  let database: TestDatabase;
  let running: RunningDispatch;

  beforeAll(async () => {
    database = await testDatabase();
    running = await RunningDispatch.start(
      newWorld(
        database.url,
        ['MUS', 'QAT-MME', 'TOURISM'].map((tenant) => profileOf(tenant)),
      ),
    );
  });
  afterAll(async () => {
    await running.stop();
    await database.close();
  });

  const queue = async (
    name: string,
    principal = distributor,
    tenant = 'MUS',
  ): Promise<readonly dispatch.QueueEntry[]> => {
    const request = { tenant, queue: name, pageSize: 200, pageToken: '', order: '' };
    const page = await running.call<dispatch.ListQueueResponse & { error?: undefined }>(
      'Dispatch',
      'listQueue',
      principal,
      request,
    );
    if (page.error !== undefined) throw new Error(page.error.reason);
    return page.entries;
  };
  const find = async (caseId: string, name: string, principal = distributor) =>
    (await queue(name, principal)).find((entry) => entry.caseId === caseId);
  const referred = async (n: number): Promise<string> => {
    const caseId = await caseInQueue(running, n);
    expect(await running.outcome('referCase', distributor, { caseId })).toEqual(['CaseReferred']);
    return caseId;
  };

  it('line 1 never delivers: the registered case stands in the distributor’s queue', async () => {
    proves('MUS-10');
    const caseId = await caseInQueue(running, 1);
    const answer = await running.command('referCase', agent, { caseId });
    expect(answer.error).toMatchObject({ code: status.PERMISSION_DENIED, reason: 'ACTION_NOT_PERMITTED' });
    expect(await running.types(caseId)).toContain('CaseSentToSecondLine');
    expect(await find(caseId, 'SECOND_LINE')).toMatchObject({
      stage: 'WITH_SECOND_LINE',
      owner: { code: 'DIR-SERVICES', section: 'SEC-CLEANING' },
    });
  });

  it('the distributor delivers to directorate and section and follows up', async () => {
    proves('MUS-12');
    const caseId = await caseInQueue(running, 2);
    const owner = { kind: 'DIRECTORATE', code: 'DIR-ROADS', section: 'SEC-LIGHTING' };
    expect(await running.outcome('referCase', distributor, { caseId, owner, note: 'للإصلاح' })).toEqual([
      'CaseReferred',
    ]);
    expect(await running.outcome('recordFollowUp', distributor, { caseId, note: 'اتصلت بالقسم' })).toEqual([
      'FollowUpRecorded',
    ]);
    const events = await running.events(caseId);
    const followUp = events.find(({ type }) => type === 'FollowUpRecorded');
    expect(events.find(({ type }) => type === 'CaseReferred')?.data).toMatchObject({
      owner,
      referralDate: '2026-03-01',
    });
    expect(followUp?.metadata).toMatchObject({
      line: '2',
      recordedAt: '2026-03-01T08:00:00.000Z',
      actor: { id: 'account.line2' },
    });
    expect(await running.world.privacy.open(String(followUp?.data['note']))).toBe('اتصلت بالقسم');
    expect(JSON.stringify(events)).not.toContain('اتصلت');
  });

  it('a case leaves the list of unowned cases with its referral to the unit of its category', async () => {
    proves('QAT-01');
    const desk = staff(['LINE2'], undefined, ['QAT-MME']);
    const owner = { kind: 'UNIT', code: 'MUN_SECTOR' } as const;
    const caseId = await caseInQueue(
      running,
      3,
      owner,
      { caseType: 'COMPLAINT', category: 'ABANDONED_VEHICLE' },
      'QAT-MME',
    );
    expect((await queue('SECOND_LINE', desk, 'QAT-MME')).map((entry) => entry.caseId)).toEqual([caseId]);
    expect(await running.outcome('referCase', desk, { caseId })).toEqual(['CaseReferred']);
    expect((await running.events(caseId)).at(-1)?.data).toMatchObject({ owner });
    expect(await queue('SECOND_LINE', desk, 'QAT-MME')).toEqual([]);
  });

  it('line 3 neither closes nor messages the reporter', async () => {
    proves('MUS-16');
    const caseId = await referred(4);
    for (const [method, request] of [
      ['closeCase', {}],
      ['issueReply', { reply: 'x', legalClauses: [] }],
      ['recordReporterInformed', { channel: 'PHONE' }],
    ] as const) {
      const answer = await running.command(method, cleaning, { caseId, ...request });
      expect(answer.error).toMatchObject({ code: status.PERMISSION_DENIED, reason: 'ACTION_NOT_PERMITTED' });
    }
  });

  describe('one person', () => {
    const relief = (roles: Parameters<typeof staff>[0]): ReturnType<typeof staff> => ({
      ...staff(roles, { code: 'DIR-SERVICES' }),
      subject: 'mus.relief',
    });
    const everything = relief(['LINE1', 'LINE2', 'LINE3']);

    it('who delivered a case does not solve it as well, whatever roles the token names', async () => {
      proves('MUS-16');
      const caseId = await caseInQueue(running, 41);
      expect(await running.outcome('referCase', everything, { caseId })).toEqual(['CaseReferred']);
      const before = await running.types(caseId);
      const solved = { caseId, resolution: 'تمت الصيانة', result: 'SOLVED' };
      const answer = await running.command('returnResolution', everything, solved);
      expect(answer.error).toMatchObject({ code: status.PERMISSION_DENIED, reason: 'LINE_ALREADY_HELD' });
      expect(await running.types(caseId)).toEqual(before);
      expect(await running.outcome('returnResolution', cleaning, solved)).toEqual(['ResolutionReturned']);
    });

    it('who registered a case does not deliver it, but delivers another one', async () => {
      proves('MUS-16');
      const agentToo = { ...everything, subject: 'account.line1' };
      const own = await caseInQueue(running, 42);
      expect(await running.outcome('referCase', agentToo, { caseId: own })).toBe('LINE_ALREADY_HELD');
      const caseId = await caseInQueue(running, 43);
      expect(await running.outcome('referCase', relief(['LINE1', 'LINE2']), { caseId })).toEqual([
        'CaseReferred',
      ]);
    });

    it('goes on with the line begun: an act that two of his lines may do is done on that one', async () => {
      const caseId = await referred(44);
      const action = { caseId, description: 'رفع المخلفات', state: 'OPEN' };
      expect(await running.outcome('acknowledge', everything, { caseId, externalReference: '' })).toEqual([
        'Acknowledged',
      ]);
      expect(await running.outcome('addAction', everything, action)).toEqual(['ActionAdded']);
      expect((await running.events(caseId)).at(-1)?.metadata).toMatchObject({
        line: '3',
        actor: { id: 'mus.relief' },
      });
    });

    it('gets the first answer again when the command is repeated', async () => {
      const caseId = await caseInQueue(running, 45);
      const header = { commandId: uuid(8, 9_045) };
      expect(await running.outcome('referCase', everything, { caseId }, header)).toEqual(['CaseReferred']);
      expect(await running.outcome('referCase', everything, { caseId }, header)).toEqual(['CaseReferred']);
    });

    it('holds two lines where the organisation’s profile says so, and only those two', async () => {
      const profiles = running.world.profiles;
      profiles.push({ ...profileOf('MUS'), linesHeldTogether: ['2+3'] });
      try {
        const caseId = await caseInQueue(running, 46, SEC_CLEANING, {}, 'MUS', 2);
        expect(await running.outcome('referCase', everything, { caseId })).toEqual(['CaseReferred']);
        const solved = { caseId, resolution: 'تمت', result: 'SOLVED' };
        expect(await running.outcome('returnResolution', everything, solved)).toEqual(['ResolutionReturned']);
        const agentToo = { ...everything, subject: 'account.line1' };
        expect(await running.outcome('recordFollowUp', agentToo, { caseId, note: 'متابعة' })).toBe(
          'LINE_ALREADY_HELD',
        );
      } finally {
        profiles.pop();
      }
    });
  });

  it('a command id that was used for other content is refused; an honest repeat gets the first answer', async () => {
    const caseId = await referred(51);
    const header = { commandId: uuid(8, 9_051) };
    const note = (text: string, more: object = {}) =>
      running.outcome('recordFollowUp', distributor, { caseId, note: text }, { ...header, ...more });
    expect(await note('اتصلت بالقسم')).toEqual(['FollowUpRecorded']);
    const before = await running.types(caseId);
    const answer = await running.command('recordFollowUp', distributor, { caseId, note: 'غيره' }, header);
    expect(answer.error).toMatchObject({ code: status.INVALID_ARGUMENT, reason: 'COMMAND_ID_REUSED' });
    expect(await running.outcome('closeCase', distributor, { caseId }, header)).toBe('COMMAND_ID_REUSED');
    expect(await note('اتصلت بالقسم', { expectedDecisionVersion: 1 })).toEqual(['FollowUpRecorded']);
    expect(await running.types(caseId)).toEqual(before);
    const stored = (await running.events(caseId)).map(({ metadata }) => metadata['contentDigest']);
    expect(stored.at(-1)).toMatch(/^[\w-]{22}$/);
  });

  it('line 3 acts only on cases of its own section or directorate', async () => {
    const caseId = await referred(5);
    const acknowledge = (code: string, section?: string) =>
      running.outcome('acknowledge', staff(['LINE3'], section === undefined ? { code } : { code, section }), {
        caseId,
        externalReference: '',
      });
    expect(await acknowledge('DIR-ROADS')).toBe('CASE_FOREIGN');
    expect(await acknowledge('DIR-SERVICES', 'SEC-GARDENS')).toBe('CASE_FOREIGN');
    expect(await running.outcome('acknowledge', staff(['LINE3']), { caseId, externalReference: '' })).toBe(
      'CASE_FOREIGN',
    );
    expect(await acknowledge('DIR-SERVICES')).toEqual(['Acknowledged']);
    expect(await acknowledge('DIR-SERVICES', 'SEC-CLEANING')).toEqual([]);
  });

  it('a case goes all the way: solved, told, closed', async () => {
    const caseId = await referred(6);
    expect(
      await running.outcome('returnResolution', cleaning, { caseId, resolution: ' ', result: 'SOLVED' }),
    ).toBe('RESOLUTION_EMPTY');
    expect(
      await running.outcome('returnResolution', cleaning, {
        caseId,
        resolution: 'تمت الصيانة',
        result: 'SOLVED',
      }),
    ).toEqual(['ResolutionReturned']);
    expect(await find(caseId, 'SECOND_LINE')).toMatchObject({ stage: 'REPLY_RETURNED' });
    expect(await running.outcome('closeCase', distributor, { caseId })).toBe('REPORTER_NOT_INFORMED');
    expect(
      await running.outcome('recordReporterInformed', distributor, { caseId, channel: 'PHONE' }),
    ).toEqual(['ReporterInformed']);
    expect(await running.outcome('closeCase', distributor, { caseId })).toEqual(['CaseClosed']);
    expect(await running.outcome('recordFollowUp', distributor, { caseId, note: 'x' })).toBe('CASE_CLOSED');
    expect(await find(caseId, 'SECOND_LINE')).toBeUndefined();
    expect(await running.outcome('reopenCase', distributor, { caseId, reason: 'لم تحل' })).toEqual([
      'CaseReopened',
    ]);
    expect(await find(caseId, 'SECOND_LINE')).toMatchObject({ stage: 'WITH_SECOND_LINE' });
  });

  it('a reply by message informs the reporter when a channel accepted it, and counts as an attempt when none did', async () => {
    const message = (caseId: string, messageId: string, sent: boolean): CaseEvent[] => [
      {
        type: 'NotificationRequested',
        data: {
          messageId,
          trigger: 'ReplyIssued',
          triggerRevision: 7,
          template: 'T',
          recipient: 'REPORTER',
          channels: ['SMS'],
          language: 'ar',
        },
      },
      sent
        ? {
            type: 'NotificationSent',
            data: { messageId, trigger: 'ReplyIssued', recipient: 'REPORTER', channel: 'SMS', attempts: 1 },
          }
        : {
            type: 'NotificationFailed',
            data: { messageId, trigger: 'ReplyIssued', recipient: 'REPORTER', reason: 'REJECTED' },
          },
    ];
    for (const [n, sent] of [
      [7, true],
      [8, false],
    ] as const) {
      const caseId = await referred(n);
      await running.command('returnResolution', cleaning, { caseId, resolution: 'تم', result: 'SOLVED' });
      expect(
        await running.outcome('issueReply', distributor, { caseId, reply: '', legalClauses: ['المادة 3'] }),
      ).toEqual(['ReplyIssued']);
      await running.write('notification', caseId, message(caseId, uuid(4, n), sent));
      await running.feed.drain();
      const last = (await running.events(caseId)).at(-1);
      expect(last).toMatchObject(
        sent
          ? {
              type: 'ReporterInformed',
              data: { channel: 'SMS', outcome: 'MESSAGE_ACCEPTED', messageId: uuid(4, n) },
              metadata: { line: 'system' },
            }
          : {
              type: 'ReporterContactAttempted',
              data: { attemptId: uuid(4, n), channel: 'SMS', result: 'MESSAGE_FAILED' },
            },
      );
    }
  });

  it('a case is found by its id in capitals', async () => {
    const caseId = 'abcdef00-0000-4000-8000-000000000001';
    const subjectId = uuid(2, 61);
    await running.world.privacy.mint(subjectId, 'MUS');
    await running.write('intake', caseId, [
      { type: 'CaseOpened', data: { caseId, channel: 'PHONE_1111', subjectId } },
      registered({ caseNumber: 'MUS-2026-000061' }) as CaseEvent,
    ]);
    await running.write('routing', caseId, [routed()]);
    await running.feed.drain();
    expect(await running.outcome('referCase', distributor, { caseId: caseId.toUpperCase() })).toEqual([
      'CaseReferred',
    ]);
  });

  it('shows the progress of the actions taken', async () => {
    proves('MUS-39');
    const caseId = await referred(9);
    for (const state of ['OPEN', 'DONE']) {
      expect(await running.outcome('addAction', cleaning, { caseId, description: 'كشف', state })).toEqual([
        'ActionAdded',
      ]);
    }
    expect(await find(caseId, 'THIRD_LINE', cleaning)).toMatchObject({ actionsTotal: 2, actionsDone: 1 });
  });

  it('of two distributors who saw the same version one succeeds, the other learns the new version', async () => {
    proves('SYS-09');
    const caseId = await caseInQueue(running, 10);
    const seen = (await find(caseId, 'SECOND_LINE'))?.decisionVersion;
    const header = { expectedDecisionVersion: seen };
    const answers = await Promise.all([
      running.command('referCase', distributor, { caseId }, header),
      running.command('referCase', { ...distributor, subject: 'another.distributor' }, { caseId }, header),
    ]);
    expect(answers.filter(({ error }) => error === undefined)).toHaveLength(1);
    const refused = answers.find(({ error }) => error !== undefined)?.error;
    expect(refused).toMatchObject({
      code: status.ABORTED,
      reason: 'VERSION_STALE',
      details: { decisionVersion: (seen ?? 0) + 1 },
    });
    expect((await running.types(caseId)).filter((type) => type === 'CaseReferred')).toHaveLength(1);
  });

  it('a repeated command is answered alike and written once', async () => {
    const caseId = await caseInQueue(running, 11);
    const header = { commandId: uuid(7, 11) };
    const first = await running.command('referCase', distributor, { caseId }, header);
    expect(await running.command('referCase', distributor, { caseId }, header)).toEqual(first);
    expect((await running.types(caseId)).filter((type) => type === 'CaseReferred')).toHaveLength(1);
  });

  it('a simple question answered by line 1 is closed in its name, with its duration', async () => {
    proves('KWT-41');
    const caseId = await registeredCase(running, 12, { caseType: 'INQUIRY', category: 'SERVICE_INQUIRY' });
    running.world.clock.advance(120_000);
    const answer = await running.world.privacy.seal(uuid(2, 12), 'من الأحد إلى الخميس');
    await running.write('intake', caseId, [{ type: 'InquiryAnswered', data: { answer } }], '1');
    await running.feed.drain();
    const events = await running.events(caseId);
    expect(events.at(-1)).toMatchObject({
      type: 'CaseClosed',
      data: { outcome: 'ANSWERED_AT_FIRST_CONTACT' },
      metadata: { line: '1', actor: { id: 'account.line1' } },
    });
    const opened = new Date(String(events[0]?.metadata['recordedAt'])).getTime();
    expect(new Date(String(events.at(-1)?.data['closedAt'])).getTime() - opened).toBe(120_000);
    expect(await running.types(caseId)).not.toContain('CaseSentToSecondLine');
  });

  it('a redirected case is closed and cannot be delivered', async () => {
    proves('QAT-07');
    const caseId = await registeredCase(running, 13);
    const redirected: CaseEvent = {
      type: 'CaseRedirectedOutOfJurisdiction',
      data: { body: 'B', bodyAr: 'جهة', bodyEn: 'Body', ruleId: 'R', inputs: {} },
    };
    await running.write('routing', caseId, [
      { type: 'JurisdictionAssessed', data: { result: 'OUT', ruleId: 'R', inputs: {} } },
      redirected,
    ]);
    expect(await running.outcome('referCase', distributor, { caseId, owner: SEC_CLEANING })).toBe(
      'CASE_CLOSED',
    );
    expect((await running.events(caseId)).at(-1)).toMatchObject({
      type: 'CaseClosed',
      data: { outcome: 'REDIRECTED' },
    });
    expect(await running.types(caseId)).not.toContain('CaseSentToSecondLine');
  });

  it('a hosted organisation’s case stands in its own queue only, whoever works there', async () => {
    proves('MUS-26');
    const host = staff(['LINE2'], undefined, ['MUS', 'TOURISM']);
    const change = { caseType: 'NOTE', category: 'SITES', channel: 'PHONE' } as const;
    const owner = { kind: 'DIRECTORATE', code: 'DIR-TOURISM-SERVICES', section: 'SEC-SITES' } as const;
    const caseId = await caseInQueue(running, 16, owner, change, 'TOURISM');
    expect((await running.events(caseId))[0]?.metadata).toMatchObject({ tenant: 'TOURISM' });
    const hosted = await queue('SECOND_LINE', host, 'TOURISM');
    expect(hosted.map(({ caseNumber }) => caseNumber)).toEqual(['TOURISM-2026-000016']);
    expect((await queue('SECOND_LINE', host)).map((entry) => entry.caseId)).not.toContain(caseId);
    expect(await running.outcome('referCase', host, { caseId, owner })).toBe('CASE_UNKNOWN');
    expect(await running.types(caseId)).not.toContain('CaseReferred');
    const header = { tenant: 'TOURISM' };
    expect(await running.outcome('referCase', host, { caseId }, header)).toEqual(['CaseReferred']);
  });

  it('a case of another organisation is not found', async () => {
    const caseId = await caseInQueue(running, 14);
    expect(await running.outcome('referCase', staff(['LINE2'], undefined, ['QAT-MME']), { caseId })).toBe(
      'CASE_UNKNOWN',
    );
    expect(await running.outcome('referCase', distributor, { caseId: uuid(1, 999) })).toBe('CASE_UNKNOWN');
    expect(await running.outcome('referCase', distributor, { caseId: 'no uuid' })).toBe('CASE_UNKNOWN');
  });

  it('a request that cannot be read names the place', async () => {
    const caseId = await referred(15);
    const answer = await running.command('addAction', cleaning, { caseId, description: 'x', state: 'HALF' });
    expect(answer.error).toEqual({
      code: status.INVALID_ARGUMENT,
      reason: 'REQUEST_INVALID',
      details: { problems: [{ path: 'state', problem: 'UNKNOWN' }] },
    });
    expect(await running.outcome('addAction', agent, { caseId, description: 'x', state: 'HALF' })).toBe(
      'ACTION_NOT_PERMITTED',
    );
  });
});
