import { type ClosureOutcome, type Sealed } from '@balagh/case-events';
import { type Decision, accept, reject } from '@balagh/decider';
import { deciding } from './dispatch-case';
import { type DispatchCase, type DispatchOutput } from './dispatch-state';
import { refuseEnded } from './place.guard';
import { type Rules } from './rules';

export interface CloseCase {
  readonly type: 'CloseCase';
  readonly at: string;
}

export interface ReopenCase {
  readonly type: 'ReopenCase';
  readonly reopeningId: string;
  /** Absent when it was blank. */
  readonly reason?: Sealed | undefined;
  readonly at: string;
}

export type ClosingCommand = CloseCase | ReopenCase;

/** Outcomes that came through the second line; the others were ended at first contact and are asked anew. */
const reopenable: readonly ClosureOutcome[] = [
  'RESOLVED',
  'SETTLED',
  'NOT_CONFIRMED',
  'UNREACHED',
  'REFERRED_TO_PROSECUTION',
];

/** Only who was told lets the page be closed; whom nobody reached, after documented attempts (MUS-15, AMB-10, AMB-11). */
export const closingDecider = (rules: Pick<Rules, 'profile' | 'time'>) =>
  deciding<ClosingCommand>((command, state) =>
    command.type === 'CloseCase' ? close(command, state, rules) : reopen(command, state, rules),
  );

function close(
  { at }: CloseCase,
  state: DispatchCase,
  { profile }: Pick<Rules, 'profile'>,
): Decision<DispatchOutput> {
  if (state.closing?.closedAt === at) return accept();
  const refused = refuseEnded(state);
  if (refused !== undefined) return refused;
  const informed = state.informedBy.length > 0;
  if (!informed && !isUnreached(state, profile)) {
    return reject('REPORTER_NOT_INFORMED', 'conflict', { attempts: state.attempts.length });
  }
  if (state.prosecuted && !isRespondentTold(state, profile)) return reject('RESPONDENT_NOT_INFORMED');
  return accept({ type: 'CaseClosed', data: { outcome: outcomeOf(state, informed), closedAt: at } });
}

function isUnreached({ attempts }: DispatchCase, { closing }: Rules['profile']): boolean {
  return attempts.length >= closing.unreachedAttempts && new Set(attempts).size >= closing.unreachedChannels;
}

/** Both parties are told of a prosecution before the page closes, if the profile has a message for it (AMB-26). */
function isRespondentTold(state: DispatchCase, { templates }: Rules['profile']): boolean {
  const promised = templates.some(
    (t) => t.trigger === 'CaseReferredToProsecution' && t.recipient === 'RESPONDENT',
  );
  const outcomes = Object.values(state.respondentMessages);
  return !promised || (outcomes.length > 0 && outcomes.every(Boolean));
}

function outcomeOf(state: DispatchCase, informed: boolean): ClosureOutcome {
  if (!informed) return 'UNREACHED';
  if (state.prosecuted) return 'REFERRED_TO_PROSECUTION';
  if (state.settled) return 'SETTLED';
  return state.resolution?.result === 'NOT_CONFIRMED' ? 'NOT_CONFIRMED' : 'RESOLVED';
}

function reopen(
  command: ReopenCase,
  state: DispatchCase,
  { profile, time }: Pick<Rules, 'profile' | 'time'>,
): Decision<DispatchOutput> {
  const { reopeningId, reason, at } = command;
  if (state.handled.includes(reopeningId)) return accept();
  const { closing } = state;
  if (closing === undefined) return reject('CASE_NOT_CLOSED');
  if (!reopenable.includes(closing.outcome)) return reject('CASE_NOT_REOPENABLE');
  const until = time.addCalendarDays(closing.closedAt, profile.closing.reopenWithinDays);
  if (at > until) return reject('REOPENING_EXPIRED', 'conflict', { until });
  if (reason === undefined) return reject('REASON_REQUIRED', 'invalid');
  return accept({ type: 'CaseReopened', data: { reopeningId, reason } });
}
