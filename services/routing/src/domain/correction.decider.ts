import { type CaseEvent, type Owner } from '@balagh/case-events';
import { type Decider, accept, reject } from '@balagh/decider';
import { type Profile, findOwner } from '@balagh/profile';
import { type RoutingCase, evolveRoutingCase, initialRoutingCase } from './routing-case';

/** A person chooses another owner than the rules, or a new one after a misroute (BAH-25, AMB-12). */
export interface CorrectRouting {
  readonly type: 'CorrectRouting';
  readonly owner: Owner;
  readonly reason: string;
}

export const correctionDecider = (profile: Profile): Decider<CorrectRouting, RoutingCase, CaseEvent> => ({
  initial: initialRoutingCase,
  evolve: evolveRoutingCase,
  decide: ({ owner, reason }, state) => {
    if (state.phase === 'terminal') return reject('CASE_CLOSED');
    if (state.owner === undefined) return reject('CASE_NOT_ROUTED');
    if (reason.trim() === '') return reject('REASON_REQUIRED', 'invalid');
    const found = findOwner(profile, owner);
    if (found === 'unknown') return reject('OWNER_UNKNOWN', 'invalid');
    if (found === 'unknown-section') return reject('SECTION_NOT_IN_DIRECTORATE', 'invalid');
    if (sameOwner(state.owner, owner)) {
      return state.lastCorrection?.reason === reason ? accept() : reject('OWNER_UNCHANGED');
    }
    return accept<CaseEvent>({
      type: 'RoutingCorrected',
      data: {
        owner,
        previousOwner: state.owner,
        secondLineQueue: state.queue ?? profile.secondLineQueue,
        reason,
        misroutes: state.misroutes,
      },
    });
  },
});

function sameOwner(one: Owner, other: Owner): boolean {
  return one.kind === other.kind && one.code === other.code && one.section === other.section;
}
