import { migrateEventStore } from '@balagh/event-store';
import { type TestDatabase, testDatabase } from '@balagh/testing';
import {
  type Alarm,
  type Evidence,
  type Received,
  type Submissions,
  type Uncaught,
  checkAll,
} from '../src/faults/checks';
import { disagreements } from '../src/faults/read-models';
import { type Acknowledged } from '../src/faults/load';

const caseId = (n: number): string => `00000000-0000-4000-8000-00000000000${n}`;
const messageId = (n: number): string => `00000000-0000-4000-8000-0000000000a${n}`;
const reported = (n: number): Acknowledged => ({
  caseId: caseId(n),
  caseNumber: `MUS-2026-00000${n}`,
  phone: `+9689100000${n}`,
});

/** The traces of two reports that went well, in all places where the drill looks; a test spoils one of them. */
interface Traces {
  readonly streams: Map<string, [type: string, data: object][]>;
  readonly acknowledged: Acknowledged[];
  readonly received: Received[];
  readonly submissions: Submissions[];
  readonly alarms: Alarm[];
  readonly uncaught: Uncaught[];
  verifies: boolean;
}

function sound(): Traces {
  const acknowledged = [reported(1), reported(2)];
  return {
    acknowledged,
    streams: new Map(
      [1, 2].flatMap((n): [string, [string, object][]][] => [
        [
          `case-${caseId(n)}`,
          [
            ['CaseOpened', {}],
            ['CaseRegistered', { caseNumber: reported(n).caseNumber }],
            ['CaseRouted', {}],
            ['CaseSentToSecondLine', {}],
            [
              'NotificationRequested',
              { messageId: messageId(n), triggerRevision: 1, template: 'REGISTERED', recipient: 'REPORTER' },
            ],
            ['NotificationSent', { messageId: messageId(n) }],
          ],
        ],
        [
          `message-${messageId(n)}`,
          [
            ['MessagePrepared', {}],
            ['MessageSubmitted', { attempt: 1, channel: 'SMS', reference: messageId(n) }],
            ['MessageAccepted', { attempt: 1, channel: 'SMS' }],
          ],
        ],
      ]),
    ),
    received: acknowledged.map(({ phone, caseNumber }, n) => ({
      channel: 'SMS',
      to: phone,
      text: `registered as ${caseNumber}`,
      reference: messageId(n + 1),
    })),
    submissions: [1, 2].map((n) => ({ channel: 'SMS', reference: messageId(n), attempts: 1 })),
    alarms: [{ consumer: 'routing.case-registered', caseId: caseId(1), reason: 'POISONED_BY_DRILL' }],
    uncaught: [],
    verifies: true,
  };
}

describe('the checks after a fault drill', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await testDatabase();
    await migrateEventStore(database.pool);
  });
  afterEach(() => database.close());

  async function stored(streams: Traces['streams']): Promise<void> {
    let position = 0;
    for (const [stream, events] of streams) {
      const category = stream.split('-')[0];
      await database.pool.query('insert into eventstore.streams values ($1, $2, $3, $4)', [
        stream,
        category,
        events.length - 1,
        'head',
      ]);
      for (const [revision, [type, data]] of events.entries())
        await database.pool.query(
          `insert into eventstore.events (position, stream, revision, id, type, category, data, metadata)
           values ($1, $2, $3, gen_random_uuid(), $4, $5, $6, '{}')`,
          [(position += 1), stream, revision, type, category, JSON.stringify(data)],
        );
    }
  }

  async function problems(traces: Traces): Promise<readonly string[]> {
    await stored(traces.streams);
    const evidence: Evidence = {
      query: async <Row extends object>(sql: string, values: readonly unknown[] = []) =>
        (await database.pool.query<Row>(sql, [...values])).rows,
      verify: async () => ({
        ok: traces.verifies,
        said: traces.verifies ? 'no fault' : 'a hash does not fit',
      }),
      received: () => traces.received,
      submissions: async () => traces.submissions,
      alarms: () => traces.alarms,
      uncaught: () => traces.uncaught,
    };
    return (await checkAll(evidence, traces.acknowledged)).flatMap((check) => check.problems);
  }

  const eventsOf = (traces: Traces, stream: string): [string, object][] => {
    const events = traces.streams.get(stream);
    if (events === undefined) throw new Error(`no stream ${stream}`);
    return events;
  };
  const ofCase = (traces: Traces, n: number): [string, object][] => eventsOf(traces, `case-${caseId(n)}`);
  const ofMessage = (traces: Traces, n: number): [string, object][] =>
    eventsOf(traces, `message-${messageId(n)}`);
  const without = (events: [string, object][], type: string): unknown =>
    events.splice(
      events.findIndex(([known]) => known === type),
      1,
    );

  it('find nothing when nothing was lost or doubled', async () => {
    expect(await problems(sound())).toEqual([]);
  });

  it.each<[string, (traces: Traces) => unknown, RegExp]>([
    [
      'an acknowledged report that is not stored',
      ({ acknowledged }) => acknowledged.push(reported(3)),
      /^MUS-2026-000003 was acknowledged and is not stored$/,
    ],
    [
      'a number given to two cases',
      (traces) => ofCase(traces, 2).splice(1, 1, ['CaseRegistered', { caseNumber: reported(1).caseNumber }]),
      /^1 numbers given twice$/,
    ],
    ['an effect that is missing', (traces) => without(ofCase(traces, 1), 'CaseRouted'), /: no CaseRouted$/],
    [
      'an effect that happened twice',
      (traces) => ofCase(traces, 1).push(['CaseSentToSecondLine', {}]),
      /: CaseSentToSecondLine 2 times$/,
    ],
    ['a hash chain that does not verify', (traces) => (traces.verifies = false), /^a hash does not fit$/],
    [
      'a case that was parked without being poisoned',
      ({ alarms }) => alarms.push({ consumer: 'dispatch.informing', caseId: caseId(2), reason: 'TypeError' }),
      /^dispatch.informing parked .*: TypeError$/,
    ],
    [
      'a case that was parked twice for the same message',
      ({ alarms }) => alarms.push({ ...(alarms[0] as Alarm) }),
      /POISONED_BY_DRILL: parked 2 times$/,
    ],
    [
      'a process that ended of a fault',
      ({ uncaught }) => uncaught.push({ service: 'notification', event: 'process.uncaught-exception' }),
      /^notification: process.uncaught-exception/,
    ],
    [
      'a message that was asked for twice',
      (traces) =>
        ofCase(traces, 1).push(
          [
            'NotificationRequested',
            { messageId: messageId(9), triggerRevision: 1, template: 'REGISTERED', recipient: 'REPORTER' },
          ],
          ['NotificationSent', { messageId: messageId(9) }],
        ),
      /: a message requested twice$/,
    ],
    [
      'two outcomes of one message that hide the missing one of another',
      (traces) => {
        without(ofCase(traces, 1), 'NotificationSent');
        ofCase(traces, 1).push(['NotificationSent', { messageId: messageId(2) }]);
      },
      /: 1 requests, (0|2) outcomes$/,
    ],
    [
      'a submission while the outcome of the one before was unknown',
      (traces) =>
        ofMessage(traces, 1).splice(
          2,
          0,
          ['MessageOutcomeUnknown', {}],
          ['MessageSubmitted', { attempt: 2, channel: 'SMS', reference: messageId(1) }],
        ),
      /MessageOutcomeUnknown → MessageSubmitted/,
    ],
    [
      'a message that was accepted twice',
      (traces) => ofMessage(traces, 1).push(['MessageAccepted', {}]),
      /MessageAccepted → MessageAccepted/,
    ],
    [
      'a submission that the gateway counted and no event announced',
      ({ submissions }) => submissions.splice(0, 1, { ...(submissions[0] as Submissions), attempts: 2 }),
      /: 2 submissions, 1 written down$/,
    ],
    [
      'a reference that arrived twice',
      ({ received }) => received.push({ ...(received[0] as Received), text: 'another text' }),
      /^twice: SMS reference/,
    ],
    [
      'a text that arrived twice under two references',
      ({ received }) => received.push({ ...(received[0] as Received), reference: messageId(9) }),
      /^twice: SMS \+96891000001 registered as/,
    ],
    [
      'a reporter who was told a second number, because a repeated request made a second case',
      ({ received }) =>
        received.push({
          ...(received[0] as Received),
          reference: 'x',
          text: 'registered as MUS-2026-000009',
        }),
      /^MUS-2026-000001 was acknowledged, told was MUS-2026-000001, MUS-2026-000009$/,
    ],
    [
      'a reporter who was told nothing',
      ({ received }) => received.splice(0, 1),
      /^MUS-2026-000001 was acknowledged, told was nothing$/,
    ],
  ])('find %s', async (_, spoil, problem) => {
    const traces = sound();
    spoil(traces);
    const found = await problems(traces);
    expect(found).toContainEqual(expect.stringMatching(problem));
    expect(found.every((one) => !one.includes('has gaps'))).toBe(true);
  });

  it.each([
    ['a version that is missing inside', 'revision <> 2'],
    ['a stream that does not begin at its first version', 'revision <> 0'],
    ['a last version that the stream knows and nobody stored', 'revision <> 5'],
  ])('find %s', async (_, kept) => {
    const traces = sound();
    await stored(traces.streams);
    await database.pool.query('alter table eventstore.events disable trigger all');
    await database.pool.query(`delete from eventstore.events where stream = $1 and not (${kept})`, [
      `case-${caseId(1)}`,
    ]);
    traces.streams.clear();
    expect(await problems(traces)).toContain(`case-${caseId(1)} has gaps`);
  });
});

describe('the comparison of read models', () => {
  const row = (id: number, stage: string): string => JSON.stringify({ case_id: caseId(id), stage });
  const before = new Map([['history.case_index', [row(1, 'OPEN'), row(2, 'CLOSED')]]]);

  it('finds nothing in equal rows', () => {
    expect(disagreements(before, new Map(before))).toEqual([]);
  });

  it.each([
    [
      'a row with another value',
      [row(1, 'CLOSED'), row(2, 'CLOSED')],
      /in 1 of 2 rows \(2 rebuilt\): .*1: stage$/,
    ],
    ['a row too many before', [row(1, 'OPEN')], /in 1 of 2 rows \(1 rebuilt\)/],
    ['a row too few before', [row(1, 'OPEN'), row(2, 'CLOSED'), row(3, 'OPEN')], /\(3 rebuilt\)/],
    ['a table that was not rebuilt', [], /in 2 of 2 rows \(0 rebuilt\)/],
  ])('finds %s', (_, rows, problem) => {
    expect(disagreements(before, new Map([['history.case_index', rows]]))).toEqual([
      expect.stringMatching(problem),
    ]);
  });
});
