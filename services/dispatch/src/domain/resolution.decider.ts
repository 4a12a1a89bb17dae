import { type Sealed } from '@balagh/case-events';
import { accept, reject } from '@balagh/decider';
import { deciding } from './dispatch-case';
import { type Source, isBlank, refuseUnlessWithThirdLine, refuseUnsettled } from './place.guard';
import { type Rules } from './rules';

export interface ReturnResolution {
  readonly type: 'ReturnResolution';
  readonly resolutionId: string;
  readonly source: Source;
  /** Absent when the text was blank: sealed values do not show it. */
  readonly resolution?: Sealed | undefined;
  readonly result: 'SOLVED' | 'NOT_CONFIRMED' | 'REJECTED';
  readonly lawReference?: string | undefined;
}

/** The third line solves and returns its reply; the case stands with the second line again (MUS-13). */
export const resolutionDecider = ({ profile }: Pick<Rules, 'profile'>) =>
  deciding<ReturnResolution>((command, state) => {
    const { resolutionId, source, resolution, result, lawReference } = command;
    if (state.handled.includes(resolutionId)) return accept();
    const refused = refuseUnlessWithThirdLine(state, source) ?? refuseUnsettled(state);
    if (refused !== undefined) return refused;
    if (resolution === undefined) return reject('RESOLUTION_EMPTY', 'invalid');
    if (state.confrontation?.result === 'SETTLEMENT_REACHED' && !state.settled)
      return reject('SETTLEMENT_REQUIRED');
    if (state.verification?.result === 'NOT_CONFIRMED' && result === 'SOLVED')
      return reject('VERIFICATION_NOT_CONFIRMED');
    const cited = !isBlank(lawReference) || state.lawReference !== undefined;
    if (profile.closing.lawReferenceRequired && result !== 'NOT_CONFIRMED' && !cited) {
      return reject('LAW_REFERENCE_REQUIRED', 'invalid');
    }
    const law = isBlank(lawReference) || lawReference === undefined ? {} : { lawReference };
    return accept({ type: 'ResolutionReturned', data: { resolutionId, source, resolution, result, ...law } });
  });
