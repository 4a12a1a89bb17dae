import { caseStream } from '@balagh/case-events';
import { fold, reject } from '@balagh/decider';
import { type Streams } from '@balagh/event-store';
import { AccessDenied, CaseHidden, Rejected } from '@balagh/runtime';
import { type KnownNotification, caseNotificationDecider } from '../domain/case-notification.decider';
import { type MessageState } from '../domain/message.decider';
import { type LoadedMessage, type MessageLog } from './message-log';

/** A message as line 2 sees it; never its text or address. */
export interface ListedMessage {
  readonly messageId: string;
  readonly trigger: string;
  readonly template: string;
  readonly recipient: string;
  readonly channel: string;
  readonly state: string;
  readonly attempts: number;
  /** RFC 3339 UTC. */
  readonly requestedAt: string;
  /** When the last thing became known; empty while it is open. */
  readonly settledAt: string;
}

/** The messages of a case in the order in which they were asked for, read from the streams themselves. */
export class ListMessages {
  constructor(private readonly parts: { readonly streams: Streams; readonly messages: MessageLog }) {}

  /** @throws Rejected `CASE_NOT_FOUND`; CaseHidden for a case of another organisation */
  async list(tenant: string, caseId: string): Promise<readonly ListedMessage[]> {
    const { events } = await this.parts.streams.load(caseStream(caseId));
    const { rejection: unknown } = reject('CASE_NOT_FOUND', 'missing');
    const [first] = events;
    if (first === undefined) throw new Rejected(unknown);
    if (first.metadata.tenant !== tenant)
      throw new CaseHidden(unknown, new AccessDenied('TENANT_FOREIGN', 'message.view', caseId));
    const requested = events.filter((event) => event.type === 'NotificationRequested');
    const known = fold(caseNotificationDecider, events).messages;
    return Promise.all(
      requested.map(async ({ data, metadata }) => {
        const notification = known.get(data.messageId);
        const message =
          data.channels.length === 0 ? undefined : await this.parts.messages.load(data.messageId);
        return message === undefined
          ? listedRequest(data, metadata.recordedAt, notification)
          : listed(message);
      }),
    );
  }
}

export function listed({ messageId, state, preparedAt, since }: LoadedMessage): ListedMessage {
  const { trigger, template, recipient, attempts } = state;
  const shown = shownState(state);
  return {
    messageId,
    trigger,
    template,
    recipient,
    channel: state.channel ?? '',
    state: shown,
    attempts,
    requestedAt: preparedAt,
    settledAt: shown === 'REQUESTED' || shown === 'SUBMITTED' ? '' : since,
  };
}

/** Between two attempts a message is requested again: only a final refusal shows as REJECTED. */
function shownState({ phase, final }: MessageState): string {
  if (phase === 'prepared' || (phase === 'rejected' && !final)) return 'REQUESTED';
  return phase.toUpperCase();
}

function listedRequest(
  data: KnownNotification['request'],
  requestedAt: string,
  known: KnownNotification | undefined,
): ListedMessage {
  const { messageId, trigger, template, recipient } = data;
  const over = known?.told === 'final';
  const state = over ? 'UNREACHABLE' : 'REQUESTED';
  return {
    messageId,
    trigger,
    template,
    recipient,
    channel: '',
    state,
    attempts: 0,
    requestedAt,
    settledAt: over ? requestedAt : '',
  };
}
