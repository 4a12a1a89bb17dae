import { type MessageChannel, type Sealed } from '@balagh/case-events';
import { type Decision, accept, reject } from '@balagh/decider';
import { deciding } from './dispatch-case';
import { type DispatchCase, type DispatchOutput } from './dispatch-state';
import { refuseEnded, refuseUnanswered } from './place.guard';

export interface IssueReply {
  readonly type: 'IssueReply';
  readonly replyId: string;
  /** Absent: the returned resolution, as it is sealed. */
  readonly reply?: Sealed | undefined;
  readonly legalClauses: readonly string[];
}

export interface RecordContactAttempt {
  readonly type: 'RecordContactAttempt';
  readonly attemptId: string;
  readonly channel: MessageChannel;
  readonly result: 'NO_ANSWER' | 'WRONG_NUMBER';
}

/** A person told the reporter. */
export interface RecordReporterInformed {
  readonly type: 'RecordReporterInformed';
  readonly channel: MessageChannel;
}

/** Reaction: a channel accepted the message that carries the reply. */
export interface InformByMessage {
  readonly type: 'InformByMessage';
  readonly messageId: string;
  readonly channel: MessageChannel;
}

/** Reaction: no channel took the message that carries the reply. */
export interface NoteFailedMessage {
  readonly type: 'NoteFailedMessage';
  readonly messageId: string;
}

export type InformingCommand =
  IssueReply | RecordContactAttempt | RecordReporterInformed | InformByMessage | NoteFailedMessage;

/** The second line tells the reporter the outcome, by message or in person, or documents that it could not (MUS-14). */
export const informingDecider = deciding<InformingCommand>((command, state) => {
  switch (command.type) {
    case 'IssueReply':
      return issueReply(command, state);
    case 'RecordContactAttempt':
      return recordAttempt(command, state);
    case 'RecordReporterInformed':
      return informInPerson(command, state);
    case 'InformByMessage':
      return informByMessage(command, state);
    case 'NoteFailedMessage':
      return noteFailedMessage(command, state);
  }
});

function issueReply(
  { replyId, reply, legalClauses }: IssueReply,
  state: DispatchCase,
): Decision<DispatchOutput> {
  if (state.handled.includes(replyId)) return accept();
  // A suggestion is for information: thanks may be sent without a resolution (AMB-25).
  const refused =
    state.caseType === 'SUGGESTION' && reply !== undefined ? refuseEnded(state) : refuseUnanswered(state);
  if (refused !== undefined) return refused;
  const text = reply ?? state.resolution?.text;
  if (text === undefined) return reject('REPLY_EMPTY', 'invalid');
  return accept({ type: 'ReplyIssued', data: { replyId, reply: text, legalClauses: [...legalClauses] } });
}

function recordAttempt(command: RecordContactAttempt, state: DispatchCase): Decision<DispatchOutput> {
  const { attemptId, channel, result } = command;
  if (state.handled.includes(attemptId)) return accept();
  const refused = refuseUntold(state);
  if (refused !== undefined) return refused;
  return accept({ type: 'ReporterContactAttempted', data: { attemptId, channel, result } });
}

function informInPerson({ channel }: RecordReporterInformed, state: DispatchCase): Decision<DispatchOutput> {
  const refused = refuseUntold(state);
  if (refused !== undefined) return refused;
  if (state.informedBy.includes(channel)) return accept();
  return accept({ type: 'ReporterInformed', data: { channel, outcome: 'REACHED' } });
}

/** Messages of an earlier reply, and of a case that closed meanwhile, change nothing. */
function informByMessage(
  { messageId, channel }: InformByMessage,
  state: DispatchCase,
): Decision<DispatchOutput> {
  const carriesReply = state.replyMessages[messageId] !== undefined;
  if (state.phase !== 'registered' || !carriesReply || state.informedBy.includes(channel)) return accept();
  return accept({ type: 'ReporterInformed', data: { channel, outcome: 'MESSAGE_ACCEPTED', messageId } });
}

/** Without any channel nothing was attempted: the second line calls (AMB-42). */
function noteFailedMessage({ messageId }: NoteFailedMessage, state: DispatchCase): Decision<DispatchOutput> {
  const channel = state.replyMessages[messageId]?.[0];
  if (state.phase !== 'registered' || channel === undefined || state.handled.includes(messageId))
    return accept();
  return accept({
    type: 'ReporterContactAttempted',
    data: { attemptId: messageId, channel, result: 'MESSAGE_FAILED' },
  });
}

function refuseUntold(state: DispatchCase) {
  return state.replied ? refuseEnded(state) : refuseUnanswered(state);
}
