import { given } from '@balagh/decider';
import { proves } from '@balagh/testing';
import {
  HAYA,
  SEC_CLEANING,
  answered,
  at,
  closed,
  id,
  inQueue,
  informed,
  opened,
  referred,
  registered,
  returned,
  rulesOf,
  sealed,
  transferred,
} from '../../spec/history.fixture';
import { type DispatchInput, foldDispatchCase } from './dispatch-case';
import { type ReminderCommand, nextDeadlineAt, nextReminderAt, remindersDecider } from './reminders.decider';

const rules = rulesOf('MUS', { deadlines: [], reminders: { everyWorkingDays: 2, escalateAfter: 3 } });
const decider = remindersDecider(rules);
/** Delivered on Sunday 1 March 2026, 12:00 in Muscat. */
const delivered: DispatchInput[] = [...inQueue(), at('2026-03-01T08:00:00.000Z', referred(), '2')];
const remind = (now: string): ReminderCommand => ({ type: 'RemindOwner', at: now });
const acted = (line: '2' | '3'): DispatchInput =>
  at(
    '2026-03-02T08:00:00.000Z',
    {
      type: 'ActionAdded',
      data: { actionId: id(1), source: 'INTERNAL', description: sealed('x'), state: 'OPEN' },
    },
    line,
  );
const told = at('2026-03-11T08:00:00.000Z', informed, '2');
const back: DispatchInput = {
  type: 'CaseReturnedAsMisrouted',
  data: { from: SEC_CLEANING, reason: 'x', count: 1 },
};
const again = at('2026-04-05T08:00:00.000Z', referred(SEC_CLEANING, id(77)), '2');
const reminder = (n: number, nextAt: string): DispatchInput => ({
  type: 'ReminderIssued',
  data: { n, owner: SEC_CLEANING, nextAt },
});

describe('reminders', () => {
  it('go to the owner when two working days passed without an act', () => {
    given(decider, delivered).when(remind('2026-03-03T19:00:00.000Z')).thenNothingHappened();
    given(decider, delivered)
      .when(remind('2026-03-04T03:30:00.000Z'))
      .then([reminder(1, '2026-03-09T03:30:00.000Z')]);
  });
  it('skip the weekend', () => {
    const second = [...delivered, reminder(1, '2026-03-09T03:30:00.000Z')];
    given(decider, second).when(remind('2026-03-06T08:00:00.000Z')).thenNothingHappened();
    given(decider, second)
      .when(remind('2026-03-09T03:30:00.000Z'))
      .then([reminder(2, '2026-03-12T03:30:00.000Z')]);
  });
  it('begin anew with an act of the owner, an acknowledgement is none', () => {
    const seen = at('2026-03-02T08:00:00.000Z', { type: 'Acknowledged', data: { source: 'INTERNAL' } }, '3');
    expect(nextReminderAt(foldDispatchCase([...delivered, seen]), rules)).toBe('2026-03-04T03:30:00.000Z');
    expect(nextReminderAt(foldDispatchCase([...delivered, acted('3')]), rules)).toBe(
      '2026-03-05T03:30:00.000Z',
    );
  });
  it('are not answered by the second line’s own action', () => {
    expect(nextReminderAt(foldDispatchCase([...delivered, acted('2')]), rules)).toBe(
      '2026-03-04T03:30:00.000Z',
    );
  });
  it('leave in working hours only', () => {
    given(decider, delivered).when(remind('2026-03-04T20:00:00.000Z')).thenNothingHappened();
    given(decider, delivered)
      .when(remind('2026-03-05T03:30:00.000Z'))
      .then([reminder(1, '2026-03-10T03:30:00.000Z')]);
  });
  it('go to an agency that did not answer a transfer for three days', () => {
    proves('MUS-34');
    const handedOver = [...inQueue(HAYA), at('2026-03-01T08:00:00.000Z', transferred(), '2')];
    given(decider, handedOver)
      .when(remind('2026-03-04T08:00:00.000Z'))
      .then([{ type: 'ReminderIssued', data: { n: 1, owner: HAYA, nextAt: '2026-03-09T03:30:00.000Z' } }]);
  });
  it('stop with the reply', () => {
    expect(nextReminderAt(foldDispatchCase(answered()), rules)).toBeUndefined();
    given(decider, answered()).when(remind('2026-06-01T05:00:00.000Z')).thenNothingHappened();
  });
  it('that an outage held up collapse into the latest, and never into an escalation', () => {
    given(decider, delivered)
      .when(remind('2026-03-09T05:00:00.000Z'))
      .then([reminder(2, '2026-03-12T03:30:00.000Z')]);
    given(decider, delivered)
      .when(remind('2026-06-01T05:00:00.000Z'))
      .then([reminder(3, '2026-06-04T03:30:00.000Z')]);
  });
});

describe('escalation', () => {
  const reminded = [...delivered, reminder(3, '2026-03-17T03:30:00.000Z')];
  const escalated: DispatchInput = {
    type: 'CaseEscalated',
    data: {
      level: 1,
      to: 'DIRECTORATE_MANAGER',
      cause: 'REMINDERS_UNANSWERED',
      nextAt: '2026-03-22T03:30:00.000Z',
    },
  };

  it('follows three unanswered reminders when the fourth is due', () => {
    proves('MUS-50');
    given(decider, reminded).when(remind('2026-03-17T03:29:00.000Z')).thenNothingHappened();
    given(decider, reminded).when(remind('2026-03-17T03:30:00.000Z')).then([escalated]);
  });
  it('starts the reminders anew, up to the next level', () => {
    given(decider, [...reminded, escalated])
      .when(remind('2026-03-22T03:30:00.000Z'))
      .then([reminder(1, '2026-03-25T03:30:00.000Z')]);
    given(decider, [...reminded, escalated, reminder(3, '2026-03-31T03:30:00.000Z')])
      .when(remind('2026-03-31T03:30:00.000Z'))
      .then([
        {
          type: 'CaseEscalated',
          data: {
            level: 2,
            to: 'CENTRE_MANAGEMENT',
            cause: 'REMINDERS_UNANSWERED',
            nextAt: '2026-04-05T03:30:00.000Z',
          },
        },
      ]);
  });
  it('ends at the highest level; reminders go on', () => {
    const none = remindersDecider({ ...rules, profile: { ...rules.profile, escalation: [] } });
    given(none, reminded)
      .when(remind('2026-03-17T03:30:00.000Z'))
      .then([reminder(4, '2026-03-22T03:30:00.000Z')]);
  });
  it('is taken back by an act of the owner', () => {
    expect(nextReminderAt(foldDispatchCase([...reminded, acted('3')]), rules)).toBe(
      '2026-03-05T03:30:00.000Z',
    );
  });
});

describe('time limits', () => {
  const within30Days = rulesOf('MUS', {
    escalation: [],
    deadlines: [{ code: 'REPLY_30D', when: {}, from: 'REGISTRATION', amount: 30, unit: 'CALENDAR_DAYS' }],
  });
  const check = (now: string): ReminderCommand => ({ type: 'CheckDeadlines', at: now });
  const breached: DispatchInput = {
    type: 'SlaBreached',
    data: { sla: 'REPLY_30D', dueAt: '2026-03-31T06:00:00.000Z' },
  };

  it('from the registration are breached once, when nobody told the reporter in time', () => {
    proves('BAH-08');
    given(remindersDecider(within30Days), inQueue())
      .when(check('2026-03-31T06:00:00.000Z'))
      .thenNothingHappened();
    given(remindersDecider(within30Days), inQueue()).when(check('2026-03-31T06:00:00.001Z')).then([breached]);
    given(remindersDecider(within30Days), [...inQueue(), breached])
      .when(check('2026-04-30T06:00:00.000Z'))
      .thenNothingHappened();
    given(remindersDecider(within30Days), [...answered(), told])
      .when(check('2026-04-30T06:00:00.000Z'))
      .thenNothingHappened();
  });
  it.each([
    ['referred again', answered(), [again]],
    ['returned as misrouted', [...answered(), again], [back]],
    [
      'delivered after its suggestion was thanked for',
      inQueue(undefined, { caseType: 'SUGGESTION' }),
      [again],
    ],
  ])('from the registration that were kept stay kept when the case is %s', (_how, before, after) => {
    const kept = foldDispatchCase([...before, told, ...after]);
    expect(nextDeadlineAt(kept, within30Days)).toBeUndefined();
    given(remindersDecider(within30Days), [...before, told, ...after])
      .when(check('2026-04-05T08:00:00.001Z'))
      .thenNothingHappened();
  });
  it.each<[string, DispatchInput]>([
    ['a resolution', returned()],
    ['a settlement', { type: 'SettlementRecorded', data: { terms: sealed('x'), lawReference: 'المادة 10' } }],
    [
      'the prosecution',
      { type: 'CaseReferredToProsecution', data: { lawReference: 'المادة 10', date: '2026-03-10' } },
    ],
  ])('until the answer are kept by %s, also when the case is delivered again', (_by, answer) => {
    const [deadline] = within30Days.profile.deadlines;
    const untilAnswered = rulesOf('MUS', { deadlines: [{ ...deadline!, until: 'RESOLVED' }] });
    const answeredOnce = [...delivered, at('2026-03-10T08:00:00.000Z', answer, '3')];
    expect(nextDeadlineAt(foldDispatchCase(delivered), untilAnswered)).toBe('2026-03-31T06:00:00.000Z');
    expect(nextDeadlineAt(foldDispatchCase([...answeredOnce, again]), untilAnswered)).toBeUndefined();
  });
  it('from the registration that were missed are breached once, however late the first answer', () => {
    const late = [...answered(), breached, at('2026-04-02T08:00:00.000Z', informed, '2'), again];
    given(remindersDecider(within30Days), late).when(check('2026-04-30T06:00:00.000Z')).thenNothingHappened();
  });
  it('from the registration do not run a second time after a reopening', () => {
    const reopened: DispatchInput = {
      type: 'CaseReopened',
      data: { reopeningId: id(4), reason: sealed('لم تحل') },
    };
    const untold = [...answered(), closed('2026-03-20T06:00:00.000Z'), reopened, again];
    expect(nextDeadlineAt(foldDispatchCase(untold), within30Days)).toBeUndefined();
  });
  it('escalate the case', () => {
    const escalating = remindersDecider({
      ...within30Days,
      profile: { ...within30Days.profile, escalation: rules.profile.escalation },
    });
    given(escalating, inQueue())
      .when(check('2026-04-01T06:00:00.000Z'))
      .then([
        breached,
        { type: 'CaseEscalated', data: { level: 1, to: 'DIRECTORATE_MANAGER', cause: 'DEADLINE_BREACHED' } },
      ]);
  });
  const referral = rulesOf('MUS', {
    escalation: [],
    deadlines: [
      {
        code: 'REFERRAL_3WD',
        when: {},
        from: 'REGISTRATION',
        amount: 3,
        unit: 'WORKING_DAYS',
        until: 'DELIVERED',
      },
    ],
  });
  it('of three working days from Thursday 09:00, Friday and Saturday off, end with Tuesday', () => {
    proves('OMH-20');
    const thursday = '2026-03-05T05:00:00.000Z';
    const notReferred = inQueue(SEC_CLEANING, { registeredAt: thursday, clockStart: thursday });
    given(remindersDecider(referral), notReferred)
      .when(check('2026-03-10T19:59:59.999Z'))
      .thenNothingHappened();
    given(remindersDecider(referral), notReferred)
      .when(check('2026-03-10T20:00:00.000Z'))
      .then([{ type: 'SlaBreached', data: { sla: 'REFERRAL_3WD', dueAt: '2026-03-10T19:59:59.999Z' } }]);
  });
  it('for the referral end with the first delivery', () => {
    expect(nextDeadlineAt(foldDispatchCase([opened, registered()]), referral)).toBe(
      '2026-03-04T19:59:59.999Z',
    );
    expect(nextDeadlineAt(foldDispatchCase(delivered), referral)).toBeUndefined();
  });
  it('differ by what the request is about', () => {
    proves('OMH-22');
    const limit = (code: string, category: string, subject: string, amount: number) =>
      ({ code, when: { category, subject }, from: 'DELIVERY', amount, unit: 'CALENDAR_DAYS' }) as const;
    const limits = rulesOf('MUS', {
      deadlines: [limit('LANDS_10D', 'LANDS', 'TRANSFER', 10), limit('ASSIST_30D', 'ASSIST', 'LOAN', 30)],
    });
    const dueOf = (category: string, subject: string) =>
      nextDeadlineAt(
        foldDispatchCase([
          ...inQueue(SEC_CLEANING, { category, subject }),
          at('2026-03-01T08:00:00.000Z', referred(), '2'),
        ]),
        limits,
      );
    expect(dueOf('LANDS', 'TRANSFER')).toBe('2026-03-11T08:00:00.000Z');
    expect(dueOf('ASSIST', 'LOAN')).toBe('2026-03-31T08:00:00.000Z');
  });
  it('of a delivery run again with the next delivery', () => {
    const reply = rulesOf('MUS', {
      deadlines: [{ code: 'OWNER_REPLY', when: {}, from: 'DELIVERY', amount: 3, unit: 'WORKING_DAYS' }],
    });
    const missed: DispatchInput = {
      type: 'SlaBreached',
      data: { sla: 'OWNER_REPLY', dueAt: '2026-03-04T19:59:59.999Z' },
    };
    expect(nextDeadlineAt(foldDispatchCase(delivered), reply)).toBe('2026-03-04T19:59:59.999Z');
    expect(nextDeadlineAt(foldDispatchCase([...delivered, missed]), reply)).toBeUndefined();
    const nextDelivery = at('2026-03-08T08:00:00.000Z', referred(SEC_CLEANING, id(77)), '2');
    expect(nextDeadlineAt(foldDispatchCase([...delivered, missed, back, nextDelivery]), reply)).toBe(
      '2026-03-11T19:59:59.999Z',
    );
  });
  it('are recomputed when the calendar changed, and the change is recorded', () => {
    const limit = rulesOf('MUS', {
      deadlines: [
        { code: 'OWNER_REPLY', when: {}, from: 'DELIVERY', amount: 3, unit: 'WORKING_DAYS' },
        { code: 'REPLY_1D', when: {}, from: 'REGISTRATION', amount: 1, unit: 'CALENDAR_DAYS' },
      ],
    });
    const { time } = limit;
    const withEid = {
      ...limit,
      calendarVersion: 2,
      time: { ...time, addWorkingDays: (from: string, n: number) => time.addWorkingDays(from, n + 1) },
    };
    given(remindersDecider(limit), delivered).when({ type: 'RecomputeDueDate' }).thenNothingHappened();
    const moved: DispatchInput = {
      type: 'DueDateRecomputed',
      data: {
        dueAt: '2026-03-05T19:59:59.999Z',
        previousDueAt: '2026-03-04T19:59:59.999Z',
        calendarVersion: 2,
      },
    };
    given(remindersDecider(withEid), delivered).when({ type: 'RecomputeDueDate' }).then([moved]);
    const missed = (sla: string, dueAt: string): DispatchInput => ({
      type: 'SlaBreached',
      data: { sla, dueAt },
    });
    given(remindersDecider(withEid), [...delivered, missed('REPLY_1D', '2026-03-02T06:00:00.000Z')])
      .when({ type: 'RecomputeDueDate' })
      .then([moved]);
    given(remindersDecider(withEid), [...delivered, missed('OWNER_REPLY', '2026-03-04T19:59:59.999Z')])
      .when({ type: 'RecomputeDueDate' })
      .thenNothingHappened();
  });
});
