import { type IntakeForm, withoutAnswers } from '@balagh/case-events';
import { type Rejection, reject } from '@balagh/decider';
import { normaliseDigits, normalisePhone } from '@balagh/privacy';
import { type Facts, type Profile } from '@balagh/profile';
import { factsOf } from '../domain/classification';
import { type IntakeCase } from '../domain/intake-case';

/** Answers that are sealed before they are stored. */
export const personalFields = [
  'reporterName',
  'civilNumber',
  'phone',
  'email',
  'socialHandle',
  'address',
  'details',
  'shopName',
  'shopAddress',
  'invoiceNumber',
  'respondentName',
  'respondentPhone',
  'sourceReference',
] as const;
export type PersonalField = (typeof personalFields)[number];
export type PersonalAnswers = Readonly<Partial<Record<PersonalField, string>>>;
/** Answers that stay readable. */
export type OpenAnswers = Readonly<Omit<IntakeForm, PersonalField | 'filled'>>;

export type FieldName = Exclude<keyof IntakeForm, 'filled'>;

/** The form as it arrives: personal answers in clear. Absent means "not answered now". */
export interface PlainForm {
  readonly open: OpenAnswers;
  readonly personal: PersonalAnswers;
  /** Earlier answers that are taken back; none of them is among those given. */
  readonly cleared?: readonly FieldName[];
}

export type Prepared =
  | {
      readonly kind: 'prepared';
      readonly open: OpenAnswers;
      readonly personal: PersonalAnswers;
      readonly filled: readonly string[];
      readonly cleared: readonly FieldName[];
    }
  | { readonly kind: 'rejected'; readonly rejection: Rejection };

const longest: Readonly<Partial<Record<PersonalField, number>>> = {
  details: 10_000,
  address: 1_000,
  shopAddress: 1_000,
};
const emailPattern = /^[^\s@]{1,64}@[^\s@]{1,190}\.[^\s@]{2,60}$/;

/**
 * Normalises and checks the answers before they are sealed, and says which of them count as given. An answer that a
 * requirement of the profile finds incomplete (two words where a triple name is asked for, AMB-15) is kept but does not
 * count, so registration lists the field; it is refused when it would replace one that counts.
 */
export function prepareForm(profile: Profile, plain: PlainForm, state: IntakeCase): Prepared {
  const personal = normalised(plain.personal, profile.phoneRegion);
  const malformed = personalFields.filter((field) =>
    isMalformed(field, plain.personal[field], personal[field]),
  );
  const cleared = plain.cleared ?? [];
  const kept = withoutAnswers(state.form, cleared);
  const facts = factsOf({ ...kept, ...plain.open }, state.channel);
  const insufficient = personalFields.filter((field) => {
    const answer = personal[field];
    return answer !== undefined && !isSufficient(profile, facts, field, answer);
  });
  const spoiled = insufficient.filter((field) => kept.filled.includes(field));
  const fields = [...new Set([...malformed, ...spoiled])];
  if (fields.length > 0) return reject('FIELD_INVALID', 'invalid', { fields });
  const given = [...Object.keys(plain.open), ...Object.keys(personal)];
  const filled = given.filter((field) => !insufficient.includes(field as PersonalField)).sort();
  return { kind: 'prepared', open: plain.open, personal, filled, cleared };
}

function normalised(answers: PersonalAnswers, region: string): PersonalAnswers {
  const entries = Object.entries(answers).map(
    ([field, answer]) => [field, normalise(field as PersonalField, answer, region)] as const,
  );
  return Object.fromEntries(entries.filter(([, answer]) => answer !== undefined && answer !== ''));
}

function normalise(field: PersonalField, answer: string, region: string): string | undefined {
  switch (field) {
    case 'phone':
    case 'respondentPhone':
      return normalisePhone(answer, region);
    case 'civilNumber':
      return normaliseDigits(answer).replace(/[\s-]/g, '');
    case 'email':
      return normaliseDigits(answer).trim();
    default:
      return answer.trim();
  }
}

function isMalformed(field: PersonalField, given: string | undefined, answer: string | undefined): boolean {
  if (given === undefined || given.trim() === '') return false;
  if (answer === undefined) return true;
  return answer.length > (longest[field] ?? 500) || (field === 'email' && !emailPattern.test(answer));
}

/** Every requirement on the field that holds, or could hold once unanswered questions are answered, is met. */
function isSufficient(profile: Profile, facts: Facts, field: string, answer: string): boolean {
  const words = answer.split(/\s+/).length;
  return profile.requiredFields
    .filter((required) => required.field === field && couldHold(required.when, facts))
    .every(
      ({ pattern, minWords }) =>
        (pattern === undefined || new RegExp(pattern, 'u').test(answer)) && words >= (minWords ?? 1),
    );
}

function couldHold(condition: Profile['requiredFields'][number]['when'], facts: Facts): boolean {
  return Object.entries(condition).every(([name, wanted]) => {
    const fact = facts[name];
    return (
      fact === undefined || fact === null || (Array.isArray(wanted) ? wanted.includes(fact) : wanted === fact)
    );
  });
}
