import { type CaseEvent } from '@balagh/case-events';
import { given } from '@balagh/decider';
import { type NotificationRequest, caseNotificationDecider } from './case-notification.decider';

const caseId = '10000000-0000-4000-8000-000000000001';
const messageId = '6f2c1d1e-0000-4000-8000-000000000001';
const opened: CaseEvent = { type: 'CaseOpened', data: { caseId, channel: 'PHONE_1111', subjectId: caseId } };
const request: NotificationRequest = {
  messageId,
  trigger: 'CaseRegistered',
  triggerRevision: 2,
  template: 'MUS_REGISTERED',
  recipient: 'REPORTER',
  channels: ['SMS'],
  language: 'ar',
};
const requested: CaseEvent = { type: 'NotificationRequested', data: request };
const about = { messageId, trigger: 'CaseRegistered', recipient: 'REPORTER' } as const;
const sent: CaseEvent = { type: 'NotificationSent', data: { ...about, channel: 'SMS', attempts: 1 } };
const failed = (reason: 'REJECTED' | 'OUTCOME_UNKNOWN' | 'UNREACHABLE_BY_MESSAGE'): CaseEvent => ({
  type: 'NotificationFailed',
  data: { ...about, reason },
});
const ask = { type: 'Request', requests: [request] } as const;
const settleSent = {
  type: 'Settle',
  messageId,
  settlement: { kind: 'SENT', channel: 'SMS', attempts: 1 },
} as const;
const settleFailed = (reason: 'REJECTED' | 'OUTCOME_UNKNOWN') =>
  ({ type: 'Settle', messageId, settlement: { kind: 'FAILED', reason } }) as const;

describe('the messages of a case', () => {
  it('are each requested once', () => {
    given(caseNotificationDecider, [opened]).when(ask).then([requested]);
    given(caseNotificationDecider, [opened, requested]).when(ask).thenNothingHappened();
  });

  it('that can reach nobody fail at once', () => {
    const nobody = { ...request, channels: [] };
    given(caseNotificationDecider, [opened])
      .when({ type: 'Request', requests: [nobody] })
      .then([{ type: 'NotificationRequested', data: nobody }, failed('UNREACHABLE_BY_MESSAGE')]);
  });

  it('are told about once, sent or failed', () => {
    given(caseNotificationDecider, [opened, requested]).when(settleSent).then([sent]);
    given(caseNotificationDecider, [opened, requested, sent])
      .when(settleFailed('REJECTED'))
      .thenNothingHappened();
    given(caseNotificationDecider, [opened, requested, failed('REJECTED')])
      .when(settleSent)
      .thenNothingHappened();
  });

  it('with an unknown outcome may be told about once more, when it becomes known', () => {
    const unknown = [opened, requested, failed('OUTCOME_UNKNOWN')];
    given(caseNotificationDecider, unknown).when(settleFailed('OUTCOME_UNKNOWN')).thenNothingHappened();
    given(caseNotificationDecider, unknown).when(settleSent).then([sent]);
    given(caseNotificationDecider, unknown)
      .when(settleFailed('REJECTED'))
      .then([failed('REJECTED')]);
  });

  it('follow from a case that ended, too', () => {
    const redirected: CaseEvent = {
      type: 'CaseRedirectedOutOfJurisdiction',
      data: { body: 'MOI_CYBERCRIME', bodyAr: 'الجهة', bodyEn: 'body', ruleId: 'ONLINE_SALE', inputs: {} },
    };
    given(caseNotificationDecider, [opened, redirected]).when(ask).then([requested]);
  });

  it('belong to a case that was opened, and were asked for', () => {
    given(caseNotificationDecider).when(ask).thenRejected('CASE_NOT_FOUND');
    given(caseNotificationDecider, [opened]).when(settleSent).thenRejected('NOTIFICATION_NOT_REQUESTED');
  });
});
