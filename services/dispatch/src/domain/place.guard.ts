import { type Rejection, reject } from '@balagh/decider';
import { type DispatchCase } from './dispatch-state';

type Refusal = { readonly kind: 'rejected'; readonly rejection: Rejection };

/** Who acts on the third line: the tenant's own staff, or a partner agency by its code. */
export type Source = string;
export const INTERNAL: Source = 'INTERNAL';

/** Everything but reopening is refused on a case that has ended (MUS-15). */
export function refuseEnded(state: DispatchCase): Refusal | undefined {
  if (state.phase === 'terminal') return reject('CASE_CLOSED');
  return state.phase === 'registered' ? undefined : reject('CASE_NOT_REGISTERED');
}

/** The distributor's acts need the case in his queue (MUS-12). */
export function refuseUnlessWithSecondLine(state: DispatchCase): Refusal | undefined {
  return (
    refuseEnded(state) ?? (state.place === 'SECOND_LINE' ? undefined : reject('CASE_NOT_WITH_SECOND_LINE'))
  );
}

/** The responsible party's acts need the case delivered to it, to an agency only its own transfers (MUS-13, SYS-04). */
export function refuseUnlessWithThirdLine(state: DispatchCase, source: Source): Refusal | undefined {
  const ended = refuseEnded(state);
  if (ended !== undefined) return ended;
  const there = state.place === (source === INTERNAL ? 'THIRD_LINE' : 'AGENCY');
  return there && (source === INTERNAL || state.delivery?.owner.code === source)
    ? undefined
    : reject('CASE_NOT_WITH_THIRD_LINE');
}

/** After a confrontation without settlement only the prosecution or a new summons may follow (KWT-09). */
export function refuseUnsettled(state: DispatchCase): Refusal | undefined {
  if (state.confrontation?.result !== 'NO_SETTLEMENT' || state.prosecuted) return undefined;
  return reject('CONFRONTATION_UNSETTLED', 'conflict', { next: ['ReferToProsecution', 'IssueSummons'] });
}

/** The matter has an outcome that the reporter can be told: reply, settlement or prosecution. */
export function isAnswered(state: DispatchCase): boolean {
  return state.resolution !== undefined || state.settled || state.prosecuted;
}

/** The reporter can only be told what is known (MUS-14). */
export function refuseUnanswered(state: DispatchCase): Refusal | undefined {
  return refuseEnded(state) ?? (isAnswered(state) ? undefined : reject('RESOLUTION_REQUIRED'));
}

export function isBlank(text: string | undefined): boolean {
  return text === undefined || text.trim() === '';
}
