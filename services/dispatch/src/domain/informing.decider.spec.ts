import { given } from '@balagh/decider';
import { proves } from '@balagh/testing';
import {
  answered,
  closed,
  id,
  inQueue,
  informed,
  referred,
  sealed,
  withOwner,
} from '../../spec/history.fixture';
import { type DispatchInput } from './dispatch-case';
import { type InformingCommand, informingDecider as decider } from './informing.decider';

const reply: InformingCommand = { type: 'IssueReply', replyId: id(1), legalClauses: [] };
const replyIssued: DispatchInput = {
  type: 'ReplyIssued',
  data: { replyId: id(1), reply: sealed('تمت الصيانة'), legalClauses: [] },
};
/** As the store would give it. */
const replyAt = (revision: number): DispatchInput => ({ ...replyIssued, revision });
const requested = (
  messageId = id(50),
  channels: ('SMS' | 'EMAIL')[] = ['EMAIL', 'SMS'],
  triggerRevision = 6,
): DispatchInput => ({
  type: 'NotificationRequested',
  data: {
    messageId,
    trigger: 'ReplyIssued',
    triggerRevision,
    template: 'MUS_RESULT',
    recipient: 'REPORTER',
    channels,
    language: 'ar',
  },
});
const told: InformingCommand = { type: 'RecordReporterInformed', channel: 'PHONE' };

describe('telling the reporter in person', () => {
  it('is recorded with channel and outcome after the reply came back', () => {
    proves('MUS-14');
    given(decider, answered()).when(told).then([informed]);
  });
  it('needs something to tell', () => {
    given(decider, inQueue()).when(told).thenRejected('RESOLUTION_REQUIRED');
    given(decider, withOwner()).when(told).thenRejected('RESOLUTION_REQUIRED');
  });
  it('is refused on a closed case', () => {
    given(decider, [...answered(), informed, closed()])
      .when(told)
      .thenRejected('CASE_CLOSED');
  });
});

describe('replying by message', () => {
  it('sends the returned resolution as it is sealed', () => {
    given(decider, answered()).when(reply).then([replyIssued]);
  });
  it('sends the second line’s own words and legal clauses', () => {
    given(decider, answered())
      .when({ ...reply, reply: sealed('نعتذر'), legalClauses: ['المادة 3'] })
      .then([
        { type: 'ReplyIssued', data: { replyId: id(1), reply: sealed('نعتذر'), legalClauses: ['المادة 3'] } },
      ]);
  });
  it('waits for a resolution', () => {
    given(decider, withOwner())
      .when({ ...reply, reply: sealed('x') })
      .thenRejected('RESOLUTION_REQUIRED');
  });
  it('thanks for a suggestion without a resolution', () => {
    given(decider, inQueue(undefined, { caseType: 'SUGGESTION' }))
      .when({ ...reply, reply: sealed('شكرا') })
      .then([{ type: 'ReplyIssued', data: { replyId: id(1), reply: sealed('شكرا'), legalClauses: [] } }]);
  });
  it('works after the prosecution without a returned resolution, with a text of its own', () => {
    const prosecuted: DispatchInput = {
      type: 'CaseReferredToProsecution',
      data: { lawReference: 'المادة 10', date: '2026-05-11' },
    };
    given(decider, [...withOwner(), prosecuted])
      .when(reply)
      .thenRejected('REPLY_EMPTY');
    given(decider, [...withOwner(), prosecuted])
      .when({ ...reply, reply: sealed('أحيلت إلى النيابة') })
      .then([
        {
          type: 'ReplyIssued',
          data: { replyId: id(1), reply: sealed('أحيلت إلى النيابة'), legalClauses: [] },
        },
      ]);
  });
});

describe('a reply’s message', () => {
  const accepted: InformingCommand = { type: 'InformByMessage', messageId: id(50), channel: 'EMAIL' };
  const failed: InformingCommand = { type: 'NoteFailedMessage', messageId: id(50) };

  it('informs the reporter when a channel accepted it', () => {
    given(decider, [...answered(), replyAt(6), requested()])
      .when(accepted)
      .then([
        {
          type: 'ReporterInformed',
          data: { channel: 'EMAIL', outcome: 'MESSAGE_ACCEPTED', messageId: id(50) },
        },
      ]);
  });
  it('counts as an attempt when it failed', () => {
    given(decider, [...answered(), replyAt(6), requested()])
      .when(failed)
      .then([
        {
          type: 'ReporterContactAttempted',
          data: { attemptId: id(50), channel: 'EMAIL', result: 'MESSAGE_FAILED' },
        },
      ]);
  });
  it('is no attempt when there was no channel to try', () => {
    given(decider, [...answered(), replyAt(6), requested(id(50), [])])
      .when(failed)
      .thenNothingHappened();
  });
  it('of an earlier reply, or of no reply, informs nobody', () => {
    given(decider, [...answered(), replyAt(6), requested(), replyAt(8)])
      .when(accepted)
      .thenNothingHappened();
    given(decider, [...answered(), replyAt(6)])
      .when(accepted)
      .thenNothingHappened();
  });
  it('of an earlier reply informs nobody when it is requested after the latest reply', () => {
    const corrected = [...answered(), replyAt(6), replyAt(7), requested(), requested(id(51), ['SMS'], 7)];
    given(decider, corrected).when(accepted).thenNothingHappened();
    given(decider, corrected).when(failed).thenNothingHappened();
    given(decider, corrected)
      .when({ ...accepted, messageId: id(51) })
      .then([
        {
          type: 'ReporterInformed',
          data: { channel: 'EMAIL', outcome: 'MESSAGE_ACCEPTED', messageId: id(51) },
        },
      ]);
  });
  it('that is requested after the case was reopened or delivered again informs nobody', () => {
    const reopened: DispatchInput = {
      type: 'CaseReopened',
      data: { reopeningId: id(4), reason: sealed('لم تحل') },
    };
    for (const again of [[informed, closed(), reopened], [referred(undefined, id(77))]])
      given(decider, [...answered(), replyAt(6), ...again, requested()])
        .when(accepted)
        .thenNothingHappened();
  });
  it('that arrives after the page was closed changes nothing', () => {
    given(decider, [...answered(), replyAt(6), requested(), informed, closed()])
      .when(accepted)
      .thenNothingHappened();
    given(decider, [...answered(), replyAt(6), requested(), informed, closed()])
      .when(failed)
      .thenNothingHappened();
  });
});

describe('an attempt to reach the reporter', () => {
  const attempt: InformingCommand = {
    type: 'RecordContactAttempt',
    attemptId: id(3),
    channel: 'PHONE',
    result: 'NO_ANSWER',
  };

  it('is documented', () => {
    given(decider, answered())
      .when(attempt)
      .then([
        {
          type: 'ReporterContactAttempted',
          data: { attemptId: id(3), channel: 'PHONE', result: 'NO_ANSWER' },
        },
      ]);
  });
  it('makes no sense before there is something to tell', () => {
    given(decider, withOwner()).when(attempt).thenRejected('RESOLUTION_REQUIRED');
  });
});
