import { type CaseEventType } from '../catalogue';
import { type Topic } from './published-event';

interface PublishedShape {
  readonly topic: Topic;
  /** Allow-list of data fields: nothing sealed or free-text is ever published. */
  readonly fields: readonly string[];
}

const on =
  (topic: Topic) =>
  (...fields: string[]): PublishedShape => ({ topic, fields });
const intake = on('case.intake');
const routing = on('case.routing');
const dispatch = on('case.dispatch');
const notification = on('case.notification');

/** What leaves each service. A type that is not listed stays inside the store. */
export const publishedFields: Readonly<Partial<Record<CaseEventType, PublishedShape>>> = {
  CaseOpened: intake('channel'),
  RequiredFieldsMissing: intake('attempt'),
  AttachmentAdded: intake('attachmentId', 'kind'),
  CaseRegistered: intake('caseNumber', 'caseType', 'category', 'channel', 'sector', 'registeredAt'),
  DuplicateDetected: intake('originalCaseId', 'originalNumber', 'policy'),
  CaseCancelledAsDuplicate: intake('originalCaseId', 'originalNumber'),
  DuplicateLinked: intake('repeatCaseId', 'repeatNumber'),
  InquiryAnswered: intake(),
  PersonalInquiryDeclined: intake('subject'),
  JurisdictionAssessed: routing('result', 'ruleId'),
  CaseRedirectedOutOfJurisdiction: routing('body', 'ruleId'),
  CaseScreened: routing('result', 'ruleId'),
  CaseClassified: routing('category', 'sector', 'directorate', 'section', 'ruleId'),
  PriorityAssessed: routing('priority', 'handlingClass', 'ruleId'),
  CaseRouted: routing('owner', 'secondLineQueue', 'ruleId'),
  RoutingCorrected: routing('owner', 'secondLineQueue', 'misroutes'),
  CaseSentToSecondLine: dispatch('queue'),
  CaseReferred: dispatch('referralId', 'owner', 'referralDate', 'dueAt'),
  CaseTransferred: dispatch('transferId', 'agency', 'mode', 'transports', 'dueAt'),
  Acknowledged: dispatch('source', 'externalReference'),
  ActionAdded: dispatch('actionId', 'source', 'state'),
  FieldTeamSent: dispatch('teamId'),
  FieldVerificationRecorded: dispatch('teamId', 'result'),
  LegalActionRecorded: dispatch('legalActionId'),
  FollowUpRecorded: dispatch('followUpId'),
  ReminderIssued: dispatch('n', 'owner'),
  CaseEscalated: dispatch('level', 'to', 'cause'),
  SlaBreached: dispatch('sla', 'dueAt'),
  DueDateRecomputed: dispatch('dueAt'),
  CaseReturnedAsMisrouted: dispatch('from', 'count'),
  SummonsIssued: dispatch('summonsId', 'date', 'parties'),
  ConfrontationHeld: dispatch('summonsId', 'result'),
  SettlementRecorded: dispatch(),
  CaseReferredToProsecution: dispatch('date'),
  ResolutionReturned: dispatch('resolutionId', 'source', 'result'),
  ReplyIssued: dispatch('replyId'),
  ReporterContactAttempted: dispatch('attemptId', 'channel', 'result'),
  ReporterInformed: dispatch('channel', 'outcome'),
  CaseClosed: dispatch('outcome', 'closedAt'),
  CaseReopened: dispatch('reopeningId'),
  NotificationRequested: notification('messageId', 'trigger', 'recipient', 'channels'),
  NotificationSent: notification('messageId', 'trigger', 'recipient', 'channel'),
  NotificationFailed: notification('messageId', 'trigger', 'recipient', 'reason'),
};
