import { type IntakeEvent } from '@balagh/case-events';
import { accept, reject } from '@balagh/decider';
import { type Profile } from '@balagh/profile';
import { capability } from './intake-case';

export interface LinkRepeat {
  readonly repeatCaseId: string;
  readonly repeatNumber: string;
  readonly policy: Profile['duplicates']['policy'];
}

/** On the original: a repeat was received (S6). Under CANCEL_ALL the original ends with its repeats (AMB-06). */
export const linkRepeatDecider = capability<LinkRepeat>(({ repeatCaseId, repeatNumber, policy }, state) => {
  if (state.repeats.includes(repeatCaseId)) return accept();
  if (state.registration === undefined) return reject('CASE_NOT_FOUND', 'missing');
  const linked: IntakeEvent = { type: 'DuplicateLinked', data: { repeatCaseId, repeatNumber } };
  if (policy !== 'CANCEL_ALL' || state.phase !== 'registered') return accept(linked);
  return accept<IntakeEvent>(linked, {
    type: 'CaseCancelledAsDuplicate',
    data: { originalCaseId: repeatCaseId, originalNumber: repeatNumber },
  });
});
