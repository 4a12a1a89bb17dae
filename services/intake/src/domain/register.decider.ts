import { type IntakeEvent } from '@balagh/case-events';
import { accept, reject } from '@balagh/decider';
import { type MissingField, type Profile } from '@balagh/profile';
import { type IntakeCase, type IntakeDecision, capability, notOpen } from './intake-case';
import { type Original, type RegistrationTerms, assessRegistration, registered } from './registration';

export type RegisterCase = RegistrationTerms;

/**
 * Commits an open page under its number (MUS-10, MUS-11). Missing fields are an event, not a refusal, so that the
 * reporter is told (KWT-11); a repeat is detected here (KWT-12) and a private inquiry declined (KWT-22).
 */
export const registerDecider = capability<RegisterCase>((command, state) => {
  const known = alreadyRegistered(command, state);
  return known ?? decideRegistration(command, state);
});

/** The decision about an open page, also used by the acts that register and end a case at once. */
export function decideRegistration(terms: RegistrationTerms, state: IntakeCase): IntakeDecision {
  if (state.phase !== 'open') return notOpen(state);
  const readiness = assessRegistration(state, terms);
  if (readiness.kind === 'rejected') return readiness;
  if (readiness.kind === 'missing') return refuse(readiness.missing, state);
  if (terms.caseNumber === undefined) return reject('CASE_NUMBER_REQUIRED');
  const event = registered(state, terms, terms.caseNumber, readiness.requiredFields);
  if (readiness.decline !== undefined)
    return accept(event, { type: 'PersonalInquiryDeclined', data: readiness.decline });
  return accept(event, ...repeatEvents(terms.profile, terms.original));
}

/** One number, one registration: the same number again is a repetition, another one a conflict. */
export function alreadyRegistered(
  { caseNumber }: RegistrationTerms,
  state: IntakeCase,
): IntakeDecision | undefined {
  if (state.registration === undefined) return undefined;
  if (state.registration.caseNumber === caseNumber) return accept();
  return reject('CASE_ALREADY_REGISTERED', 'conflict', { caseNumber: state.registration.caseNumber });
}

function refuse(missing: readonly MissingField[], state: IntakeCase): IntakeDecision {
  const fields = missing.map((m) => m.field);
  const told = state.refusal?.fields ?? [];
  if (told.length === fields.length && fields.every((f) => told.includes(f))) return accept();
  return accept({
    type: 'RequiredFieldsMissing',
    data: {
      attempt: (state.refusal?.attempt ?? 0) + 1,
      missing: missing.map(({ field, ar, en }) => ({ field, ar, en })),
    },
  });
}

function repeatEvents(profile: Profile, original: Original | undefined): IntakeEvent[] {
  if (original === undefined) return [];
  const { policy } = profile.duplicates;
  const of = { originalCaseId: original.caseId, originalNumber: original.caseNumber };
  const detected: IntakeEvent = {
    type: 'DuplicateDetected',
    data: { ...of, basis: [...original.basis], policy },
  };
  const cancels = policy === 'CANCEL_REPEAT' || policy === 'CANCEL_ALL';
  return cancels ? [detected, { type: 'CaseCancelledAsDuplicate', data: of }] : [detected];
}
