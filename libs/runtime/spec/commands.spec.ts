import { type PublishedEvent } from '@balagh/case-events';
import { z } from 'zod';
import {
  InvalidMessage,
  type Principal,
  Rejected,
  commandContext,
  commandResult,
  decodePageToken,
  encodePageToken,
  manualClock,
  namedUuid,
  namedUuidAt,
  pageSize,
  reactionContext,
  runInCall,
} from '../src';

const clock = manualClock('2026-01-04T06:00:00.000Z');
const caseId = '3f1f8f0e-1111-4111-8111-111111111111';
const header = {
  commandId: '9A2F8F0E-2222-4222-8222-222222222222',
  tenant: 'MUS',
  expectedDecisionVersion: 0,
  correlationId: '',
  occurredAt: '',
};
const agent: Principal = {
  subject: 'mus.agent',
  kind: 'staff',
  organisation: 'MUS',
  tenants: ['MUS'],
  roles: ['LINE1'],
};
const problemsWith = (change: object): unknown => {
  try {
    return commandContext({
      header: { ...header, ...change },
      principal: agent,
      action: 'case.open',
      clock,
      caseId,
    });
  } catch (error) {
    return error instanceof InvalidMessage ? error.problems : error;
  }
};

describe('the context of a command', () => {
  it('is made of header, token and call', () => {
    const call = {
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      requestId: 'abcd-1234',
    };
    const input = {
      header: { ...header, expectedDecisionVersion: 4, occurredAt: '2026-01-04T09:30:00+04:00' },
      principal: agent,
      action: 'case.open' as const,
      clock,
      caseId,
      channel: 'PHONE_1111',
      profileVersion: 2,
    };
    expect(runInCall(call, () => commandContext(input))).toEqual({
      commandId: '9a2f8f0e-2222-4222-8222-222222222222',
      tenant: 'MUS',
      actor: { kind: 'staff', id: 'mus.agent', organisation: 'MUS' },
      line: '1',
      action: 'case.open',
      channel: 'PHONE_1111',
      occurredAt: '2026-01-04T05:30:00.000Z',
      correlationId: caseId,
      causationId: '9a2f8f0e-2222-4222-8222-222222222222',
      trace: call.traceparent,
      profileVersion: 2,
      expectedDecisionVersion: 4,
    });
  });

  it('leaves out what the header leaves empty', () => {
    const context = commandContext({ header, principal: agent, action: 'case.open', clock, caseId });
    expect(Object.keys(context).sort()).toEqual([
      'action',
      'actor',
      'causationId',
      'commandId',
      'correlationId',
      'line',
      'tenant',
    ]);
  });

  it('lets a service name the actor of a reporter’s own contact', () => {
    const actor = { kind: 'reporter', id: 'anonymous', organisation: 'MUS' } as const;
    expect(commandContext({ header, actor, line: '1', clock, caseId })).toMatchObject({ actor, line: '1' });
  });

  it.each([
    [{ commandId: '' }, [{ path: 'header.commandId', problem: 'REQUIRED' }]],
    [{ commandId: '17' }, [{ path: 'header.commandId', problem: 'NOT_A_UUID' }]],
    [{ tenant: '' }, [{ path: 'header.tenant', problem: 'REQUIRED' }]],
    [{ tenant: 'mus; drop' }, [{ path: 'header.tenant', problem: 'MALFORMED' }]],
    [{ occurredAt: 'yesterday' }, [{ path: 'header.occurredAt', problem: 'NOT_AN_INSTANT' }]],
    [{ occurredAt: '2026-13-04T06:00:00Z' }, [{ path: 'header.occurredAt', problem: 'NOT_AN_INSTANT' }]],
    [{ occurredAt: '2026-01-04T06:05:01Z' }, [{ path: 'header.occurredAt', problem: 'IN_FUTURE' }]],
    [{ correlationId: 'x'.repeat(101) }, [{ path: 'header.correlationId', problem: 'TOO_LONG' }]],
  ])('is refused for %j', (change, problems) => {
    expect(problemsWith(change)).toEqual(problems);
  });

  it('denies before it tells what is wrong with the message', () => {
    expect(problemsWith({ tenant: 'QAT-MME', commandId: '17' })).toMatchObject({ code: 'TENANT_FOREIGN' });
  });
});

const message: PublishedEvent = {
  specversion: '1.0',
  id: '11111111-2222-5333-8444-555555555555',
  source: '/balagh/intake',
  type: 'balagh.case.v1.CaseRegistered',
  subject: caseId,
  time: '2026-01-04T06:00:00.000Z',
  datacontenttype: 'application/json',
  caserevision: 3,
  tenant: 'MUS',
  correlationid: 'contact-1',
  causationid: 'x',
  profileversion: 2,
  data: {},
};

describe('the context of a reaction', () => {
  it('is the same command however often the message comes, and another for another consumer', () => {
    const first = reactionContext({ message, service: 'routing', clock });
    expect(reactionContext({ message, service: 'routing', clock }).commandId).toBe(first.commandId);
    expect(
      reactionContext({ message, service: 'routing', consumer: 'routing.screening', clock }).commandId,
    ).not.toBe(first.commandId);
    expect(first).toMatchObject({
      tenant: 'MUS',
      actor: { kind: 'system', id: 'routing', organisation: 'MUS' },
      line: 'system',
      correlationId: 'contact-1',
      causationId: message.id,
      profileVersion: 2,
      atLeastRevision: 3,
    });
  });

  it('continues the trace of the message', () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { trace } = reactionContext({ message: { ...message, traceparent }, service: 'routing', clock });
    expect(trace).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad6b7169203331)[0-9a-f]{16}-01$/);
  });
});

describe('the answer to a command', () => {
  it('names the events written', () => {
    const event = {
      type: 'CaseOpened',
      data: {},
      id: 'e',
      stream: `case-${caseId}`,
      revision: 0,
      metadata: {} as never,
    };
    expect(
      commandResult(
        caseId,
        { kind: 'accepted', events: [event], revision: 0, decisionVersion: 1 },
        'MUS-2026-1',
      ),
    ).toEqual({
      caseId,
      revision: '0',
      decisionVersion: 1,
      caseNumber: 'MUS-2026-1',
      events: ['CaseOpened'],
    });
  });

  it('is thrown when it is a refusal', () => {
    const rejection = { code: 'CASE_CLOSED', reason: 'conflict' } as const;
    expect(() => commandResult(caseId, { kind: 'rejected', rejection })).toThrow(Rejected);
  });
});

describe('named ids and page tokens', () => {
  it('makes UUIDv5 as RFC 9562 gives it', () => {
    expect(namedUuid('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'www.example.com')).toBe(
      '2ed6657d-e927-568b-95e1-2665a8aea6a2',
    );
    expect(() => namedUuid('seven', 'x')).toThrow(TypeError);
  });

  it('makes named ids that lie in the order of their times', () => {
    const namespace = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
    const at = (n: number): string => new Date(Date.UTC(2026, 0, 4, 6, 0, 0, n)).toISOString();
    const ids = [0, 1, 2, 999].map((n) => namedUuidAt(at(n), namespace, 'a'));
    expect([...ids].sort()).toEqual(ids);
    expect(ids[0]).toMatch(/^019b8797-5300-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(namedUuidAt(at(0), namespace, 'a')).toBe(ids[0]);
    expect(namedUuidAt(at(0), namespace, 'b')).not.toBe(ids[0]);
    for (const time of ['yesterday', '1969-12-31T23:59:59Z'])
      expect(() => namedUuidAt(time, namespace, 'a')).toThrow(TypeError);
  });

  it('continues a list where its token says, and refuses a token of another kind', () => {
    const schema = z.object({ registeredAt: z.string(), caseId: z.string() });
    const token = encodePageToken({ registeredAt: '2026-01-04', caseId: 'a' });
    expect(decodePageToken(schema, token)).toEqual({ registeredAt: '2026-01-04', caseId: 'a' });
    expect(decodePageToken(schema, '')).toBeUndefined();
    for (const bad of ['%%%', encodePageToken({ n: 1 }), 'a'.repeat(2_001)]) {
      expect(() => decodePageToken(schema, bad)).toThrow(new InvalidMessage('PAGE_TOKEN_INVALID'));
    }
  });

  it('bounds the size of a page', () => {
    expect([
      pageSize(undefined),
      pageSize(0),
      pageSize(Number.NaN),
      pageSize(-3),
      pageSize(20.9),
      pageSize(5_000),
    ]).toEqual([50, 50, 50, 50, 20, 200]);
  });
});
