import { type MessageChannel } from '@balagh/case-events';
import { type MessageState } from '../domain/message.decider';
import { type WorkRow } from './work-table.port';

/** The message's row after its stream was read. */
export function rowOf(
  ids: Pick<WorkRow, 'messageId' | 'caseId' | 'tenant'>,
  message: { readonly state: MessageState; readonly version: number; readonly since: string },
  told: string,
  dueAt: string | null,
): WorkRow {
  const { messageId, caseId, tenant } = ids;
  const { phase } = message.state;
  const queue = told === 'final' && (phase === 'accepted' || phase === 'delivered') ? 'TRACK' : 'SEND';
  return {
    messageId,
    caseId,
    tenant,
    queue,
    phase,
    channel: channelOf(message.state) ?? '',
    version: message.version,
    since: message.since,
    dueAt,
  };
}

/** Of the attempt that is open or comes next, else of the last one. */
function channelOf({ phase, routes, route, channel }: MessageState): MessageChannel | undefined {
  const next = phase === 'prepared' || phase === 'rejected' ? routes[route]?.channel : undefined;
  return next ?? channel;
}
