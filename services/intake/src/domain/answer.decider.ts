import { type IntakeEvent, type Sealed } from '@balagh/case-events';
import { accept, reject } from '@balagh/decider';
import { endsAtFirstContact } from './classification';
import { type IntakeCase, type IntakeDecision, capability, notOpen } from './intake-case';
import { decideRegistration } from './register.decider';
import { type RegistrationTerms, declineOf, factsAt } from './registration';

export interface AnswerInquiry extends RegistrationTerms {
  readonly answer: Sealed;
  readonly article?: string;
}

/** Line 1 answers at first contact; an open page is registered by the same act (QAT-12, KWT-41, AMB-13). */
export const answerDecider = capability<AnswerInquiry>((command, state) => {
  const { answer, article } = command;
  if (state.ending?.kind === 'ANSWERED' && state.ending.answer === answer) return accept();
  const refusal = refusalToEnd(command, state);
  if (refusal !== undefined) return refusal;
  // A private matter is never answered here, however it is put (KWT-22).
  if (declineOf(command.profile, factsAt(state, command)) !== undefined) return reject('INQUIRY_PERSONAL');
  const answered: IntakeEvent = {
    type: 'InquiryAnswered',
    data: { answer, ...(article !== undefined && { article }) },
  };
  return endingWith(answered, command, state);
});

/** Why a case cannot be ended at first contact: it has ended, or its type needs the second line (AMB-13). */
export function refusalToEnd(terms: RegistrationTerms, state: IntakeCase): IntakeDecision | undefined {
  if (state.phase !== 'open' && state.phase !== 'registered') return notOpen(state);
  const caseType = state.registration?.caseType ?? state.form.caseType;
  if (caseType !== undefined && !endsAtFirstContact(terms.profile, caseType)) return reject('NOT_AN_INQUIRY');
  return undefined;
}

/** Registers first when the page is still open; missing fields stop both. What ends here is nobody's repeat. */
export function endingWith(ending: IntakeEvent, terms: RegistrationTerms, state: IntakeCase): IntakeDecision {
  if (state.phase === 'registered') return accept(ending);
  const { original: _, ...alone } = terms;
  const registration = decideRegistration(alone, state);
  if (registration.kind === 'rejected') return registration;
  const registers = registration.events.some((e) => e.type === 'CaseRegistered');
  const alreadyEnded = registration.events.some((e) => e.type === ending.type);
  return registers && !alreadyEnded ? accept(...registration.events, ending) : registration;
}
