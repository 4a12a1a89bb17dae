import { type CaseEvent, type NotificationEvent, type Recipient } from '@balagh/case-events';
import { type Decider, type Decision, accept, reject } from '@balagh/decider';
import { type Settlement } from './message-next-action';

export type NotificationRequest = Extract<NotificationEvent, { type: 'NotificationRequested' }>['data'];

export interface KnownNotification {
  readonly request: NotificationRequest;
  readonly told: 'nothing' | 'unknown' | 'final';
}

export interface CaseNotifications {
  readonly opened: boolean;
  readonly messages: ReadonlyMap<string, KnownNotification>;
}

export type CaseNotificationCommand =
  | { readonly type: 'Request'; readonly requests: readonly NotificationRequest[] }
  | { readonly type: 'Settle'; readonly messageId: string; readonly settlement: Settlement };

function evolve(state: CaseNotifications, event: CaseEvent): CaseNotifications {
  switch (event.type) {
    case 'CaseOpened':
      return { ...state, opened: true };
    case 'NotificationRequested':
      return withMessage(state, event.data.messageId, { request: event.data, told: 'nothing' });
    case 'NotificationSent':
      return told(state, event.data.messageId, 'final');
    case 'NotificationFailed':
      return told(state, event.data.messageId, event.data.reason === 'OUTCOME_UNKNOWN' ? 'unknown' : 'final');
    default:
      return state;
  }
}

function told(
  state: CaseNotifications,
  messageId: string,
  what: KnownNotification['told'],
): CaseNotifications {
  const known = state.messages.get(messageId);
  return known === undefined ? state : withMessage(state, messageId, { ...known, told: what });
}

function withMessage(
  state: CaseNotifications,
  messageId: string,
  message: KnownNotification,
): CaseNotifications {
  return { ...state, messages: new Map([...state.messages, [messageId, message]]) };
}

function decide(command: CaseNotificationCommand, state: CaseNotifications): Decision<NotificationEvent> {
  if (!state.opened) return reject('CASE_NOT_FOUND', 'missing');
  return command.type === 'Request' ? request(command.requests, state) : settle(command, state);
}

function request(
  requests: readonly NotificationRequest[],
  state: CaseNotifications,
): Decision<NotificationEvent> {
  const known = new Set([...state.messages.values()].map((message) => askedBy(message.request)));
  return accept(...requests.filter((asked) => !known.has(askedBy(asked))).flatMap(requested));
}

/** What asks for a message: one template, once for each event that it speaks of. However its id was made, that is asked for once. */
export function askedBy({
  triggerRevision,
  template,
}: Pick<NotificationRequest, 'triggerRevision' | 'template'>): string {
  return `${triggerRevision} ${template}`;
}

/** Nobody can be reached by message: line 2 is told at once (AMB-42). */
function requested(data: NotificationRequest): NotificationEvent[] {
  const event: NotificationEvent = { type: 'NotificationRequested', data };
  return data.channels.length > 0 ? [event] : [event, failed(data, 'UNREACHABLE_BY_MESSAGE')];
}

function settle(
  command: Extract<CaseNotificationCommand, { type: 'Settle' }>,
  state: CaseNotifications,
): Decision<NotificationEvent> {
  const known = state.messages.get(command.messageId);
  if (known === undefined) return reject('NOTIFICATION_NOT_REQUESTED', 'missing');
  const { settlement } = command;
  const news = settlement.kind === 'SENT' || settlement.reason !== 'OUTCOME_UNKNOWN';
  if (known.told === 'final' || (known.told === 'unknown' && !news)) return accept();
  if (settlement.kind === 'FAILED') return accept(failed(known.request, settlement.reason));
  const { messageId, trigger, recipient } = known.request;
  return accept({
    type: 'NotificationSent',
    data: { messageId, trigger, recipient, channel: settlement.channel, attempts: settlement.attempts },
  });
}

function failed(
  { messageId, trigger, recipient }: { messageId: string; trigger: string; recipient: Recipient },
  reason: 'REJECTED' | 'OUTCOME_UNKNOWN' | 'UNREACHABLE_BY_MESSAGE',
): NotificationEvent {
  return { type: 'NotificationFailed', data: { messageId, trigger, recipient, reason } };
}

/**
 * What the case knows of its messages: each is requested once and its outcome told once. An unknown outcome may later
 * be followed by what became of it. Holds in every phase of the case: a redirected or cancelled reporter is told, too.
 */
export const caseNotificationDecider: Decider<CaseNotificationCommand, CaseNotifications, CaseEvent> = {
  initial: { opened: false, messages: new Map() },
  evolve,
  decide,
};
