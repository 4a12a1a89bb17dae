import { type MessageChannel } from '@balagh/case-events';
import { given } from '@balagh/decider';
import { proves } from '@balagh/testing';
import {
  answered,
  closed,
  id,
  inQueue,
  informed,
  opened,
  registered,
  rulesOf,
  sealed,
  withOwner,
} from '../../spec/history.fixture';
import { type ClosingCommand, closingDecider } from './closing.decider';
import { deliveryDecider } from './delivery.decider';
import { type DispatchInput } from './dispatch-case';
import { firstContactClosingDecider } from './first-contact-closing.decider';
import { informingDecider } from './informing.decider';

const rules = rulesOf('MUS');
const decider = closingDecider(rules);
const now = '2026-03-05T06:00:00.000Z';
const close: ClosingCommand = { type: 'CloseCase', at: now };
const attempts = (...channels: MessageChannel[]): DispatchInput[] =>
  channels.map((channel, n) => ({
    type: 'ReporterContactAttempted',
    data: { attemptId: id(100 + n), channel, result: 'NO_ANSWER' },
  }));
const closes = (
  outcome: 'RESOLVED' | 'NOT_CONFIRMED' | 'UNREACHED' | 'REFERRED_TO_PROSECUTION',
): DispatchInput[] => [{ type: 'CaseClosed', data: { outcome, closedAt: now } }];

describe('closing the page', () => {
  it('needs the reporter to be told; after it the page is read-only', () => {
    proves('MUS-15');
    given(decider, answered()).when(close).thenRejected('REPORTER_NOT_INFORMED', { attempts: 0 });
    given(decider, [...answered(), informed])
      .when(close)
      .then(closes('RESOLVED'));
    const page = [...answered(), informed, closed()];
    given(decider, page)
      .when({ type: 'CloseCase', at: '2026-03-06T06:00:00.000Z' })
      .thenRejected('CASE_CLOSED');
    given(deliveryDecider(rules), page)
      .when({ type: 'ReferCase', referralId: id(1), at: now })
      .thenRejected('CASE_CLOSED');
    given(informingDecider, page)
      .when({ type: 'IssueReply', replyId: id(2), legalClauses: [] })
      .thenRejected('CASE_CLOSED');
  });
  it('is refused before there is anything to tell', () => {
    given(decider, inQueue()).when(close).thenRejected('REPORTER_NOT_INFORMED');
    given(decider, [opened]).when(close).thenRejected('CASE_NOT_REGISTERED');
  });
  it('says so when the matter was not confirmed', () => {
    given(decider, [...answered('NOT_CONFIRMED'), informed])
      .when(close)
      .then(closes('NOT_CONFIRMED'));
  });
  it('of an unreached reporter needs enough attempts on enough channels', () => {
    given(decider, [...answered(), ...attempts('PHONE', 'PHONE')])
      .when(close)
      .thenRejected('REPORTER_NOT_INFORMED', { attempts: 2 });
    given(decider, [...answered(), ...attempts('PHONE', 'PHONE', 'PHONE')])
      .when(close)
      .thenRejected('REPORTER_NOT_INFORMED', { attempts: 3 });
    given(decider, [...answered(), ...attempts('PHONE', 'SMS', 'PHONE')])
      .when(close)
      .then(closes('UNREACHED'));
  });
});

describe('closing after the prosecution', () => {
  const moci = rulesOf('KWT-MOCI', {
    templates: [
      {
        code: 'T',
        trigger: 'CaseReferredToProsecution',
        when: {},
        recipient: 'RESPONDENT',
        ar: 'نص',
        en: 'text',
      },
    ],
  });
  const prosecuted: DispatchInput[] = [
    ...withOwner(),
    { type: 'CaseReferredToProsecution', data: { lawReference: 'المادة 10', date: '2026-05-11' } },
    informed,
  ];
  const asked: DispatchInput = {
    type: 'NotificationRequested',
    data: {
      messageId: id(60),
      trigger: 'CaseReferredToProsecution',
      triggerRevision: 5,
      template: 'T',
      recipient: 'RESPONDENT',
      channels: ['SMS'],
      language: 'ar',
    },
  };
  const sent: DispatchInput = {
    type: 'NotificationSent',
    data: {
      messageId: id(60),
      trigger: 'CaseReferredToProsecution',
      recipient: 'RESPONDENT',
      channel: 'SMS',
      attempts: 1,
    },
  };

  it('waits until both parties are told', () => {
    given(closingDecider(moci), prosecuted).when(close).thenRejected('RESPONDENT_NOT_INFORMED');
    given(closingDecider(moci), [...prosecuted, asked])
      .when(close)
      .thenRejected('RESPONDENT_NOT_INFORMED');
    given(closingDecider(moci), [...prosecuted, asked, sent])
      .when(close)
      .then(closes('REFERRED_TO_PROSECUTION'));
  });
  it('waits for the complainant alone where no message to the respondent is foreseen', () => {
    given(decider, prosecuted).when(close).then(closes('REFERRED_TO_PROSECUTION'));
  });
});

describe('reopening', () => {
  const reopen: ClosingCommand = {
    type: 'ReopenCase',
    reopeningId: id(4),
    reason: sealed('لم تحل'),
    at: '2026-03-19T06:00:00.000Z',
  };
  const page = [...answered(), informed, closed(now)];

  it('brings a closed case back to the second line within the profile’s days', () => {
    given(decider, page)
      .when(reopen)
      .then([{ type: 'CaseReopened', data: { reopeningId: id(4), reason: sealed('لم تحل') } }]);
  });
  it('is too late afterwards', () => {
    given(decider, page)
      .when({ ...reopen, at: '2026-03-19T06:00:00.001Z' })
      .thenRejected('REOPENING_EXPIRED', { until: '2026-03-19T06:00:00.000Z' });
  });
  it('needs a reason', () => {
    given(decider, page)
      .when({ ...reopen, reason: undefined })
      .thenRejected('REASON_REQUIRED');
  });
  it('needs a closed case that went through the second line', () => {
    given(decider, answered()).when(reopen).thenRejected('CASE_NOT_CLOSED');
    const answeredAtOnce: DispatchInput = {
      type: 'CaseClosed',
      data: { outcome: 'ANSWERED_AT_FIRST_CONTACT', closedAt: now },
    };
    given(decider, [opened, registered(), answeredAtOnce]).when(reopen).thenRejected('CASE_NOT_REOPENABLE');
  });
  it('lets nobody close again before the reporter is told anew', () => {
    const reopened: DispatchInput = {
      type: 'CaseReopened',
      data: { reopeningId: id(4), reason: sealed('لم تحل') },
    };
    given(decider, [...page, reopened])
      .when({ type: 'CloseCase', at: '2026-03-20T06:00:00.000Z' })
      .thenRejected('REPORTER_NOT_INFORMED');
  });
});

describe('a case that line 1 or a rule ended', () => {
  const end = { type: 'CloseEndedCase', at: now } as const;
  const endings = [
    [{ type: 'InquiryAnswered', data: { answer: sealed('من 8 إلى 2') } }, 'ANSWERED_AT_FIRST_CONTACT'],
    [
      { type: 'PersonalInquiryDeclined', data: { subject: 'BALANCE', ruleId: 'BALANCE' } },
      'DECLINED_PERSONAL',
    ],
    [
      {
        type: 'CaseCancelledAsDuplicate',
        data: { originalCaseId: id(8), originalNumber: 'MOCI-2026-000017' },
      },
      'CANCELLED_DUPLICATE',
    ],
    [
      {
        type: 'CaseRedirectedOutOfJurisdiction',
        data: { body: 'B', bodyAr: 'جهة', bodyEn: 'Body', ruleId: 'R', inputs: {} },
      },
      'REDIRECTED',
    ],
  ] as const;

  it.each(endings)('%j closes at once as %s', (event, outcome) => {
    given(firstContactClosingDecider, [opened, registered(), event])
      .when(end)
      .then([{ type: 'CaseClosed', data: { outcome, closedAt: now } }]);
  });
  it('is not closed while nobody ended it', () => {
    given(firstContactClosingDecider, inQueue()).when(end).thenNothingHappened();
  });
});
