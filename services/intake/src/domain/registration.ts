import { type CaseEvent, type IntakeEvent } from '@balagh/case-events';
import { type Rejection, reject } from '@balagh/decider';
import {
  type Facts,
  type MissingField,
  type Profile,
  assessDecline,
  assessJurisdiction,
  missingFields,
} from '@balagh/profile';
import {
  type Registered,
  factsOf,
  filledFields,
  inconsistency,
  sectorOf,
  unknownCode,
} from './classification';
import { type IntakeCase } from './intake-case';
import { reachableBy } from './reachability';

/** What a registration is decided with: rules pinned at opening, and the moment. */
export interface RegistrationTerms {
  readonly profile: Profile;
  /** Day of the tenant. */
  readonly today: string;
  /** RFC 3339. */
  readonly registeredAt: string;
  readonly clockStart: string;
  /** Reserved for this case; absent while it is not known whether a number is needed. */
  readonly caseNumber?: string;
  /** Line 1 says that the matter belongs to this other body (QAT-07). */
  readonly otherBody?: string;
  /** The case that this one repeats. */
  readonly original?: Original;
}

export interface Original {
  readonly caseId: string;
  readonly caseNumber: string;
  /** Fields whose equality showed it. */
  readonly basis: readonly string[];
}

export type Readiness =
  | { readonly kind: 'rejected'; readonly rejection: Rejection }
  | { readonly kind: 'missing'; readonly missing: readonly MissingField[] }
  | {
      readonly kind: 'ready';
      readonly requiredFields: Registered['requiredFields'];
      readonly decline?: Decline;
    };

export type Decline = Extract<CaseEvent, { type: 'PersonalInquiryDeclined' }>['data'];

/** Type and category of a matter that belongs elsewhere and was not classified. */
const unclassified = { caseType: 'INQUIRY', category: 'UNCLASSIFIED' } as const;
const always: readonly MissingField[] = [
  { field: 'caseType', ar: 'نوع البلاغ', en: 'Case type' },
  { field: 'category', ar: 'التصنيف', en: 'Category' },
];

/**
 * Whether an open page can be registered. Jurisdiction comes before required fields: who belongs elsewhere is asked
 * for nothing (AMB-23), nor is who will be declined (KWT-22).
 */
export function assessRegistration(
  state: IntakeCase,
  terms: Pick<RegistrationTerms, 'profile' | 'today' | 'otherBody'>,
): Readiness {
  const { profile, today } = terms;
  const form = formAt(state, terms);
  const rejection = unknownCode(profile, form) ?? inconsistency(profile, form, today);
  if (rejection !== undefined) return { kind: 'rejected', rejection };
  const facts = factsAt(state, terms);
  if (assessJurisdiction(profile, facts).result === 'OUT')
    return { kind: 'ready', requiredFields: 'WAIVED_OUT_OF_JURISDICTION' };
  const filled = filledFields(profile, state);
  const unclassifiedFields = always.filter((f) => !filled.includes(f.field));
  const decline = declineOf(profile, facts);
  if (decline !== undefined && unclassifiedFields.length === 0)
    return { kind: 'ready', requiredFields: 'NONE', decline };
  const listed = missingFields(profile, facts, filled);
  const missing = [...unclassifiedFields.filter((f) => !listed.some((l) => l.field === f.field)), ...listed];
  if (missing.length > 0) return { kind: 'missing', missing };
  const none = missingFields(profile, facts, []).length === 0;
  return { kind: 'ready', requiredFields: none ? 'NONE' : 'COMPLETE' };
}

/** The rule that declines this inquiry, if one does. */
export function declineOf(profile: Profile, facts: Facts): Decline | undefined {
  const rule = assessDecline(profile, facts);
  const subject = facts['subject'] ?? facts['category'];
  return rule === undefined || typeof subject !== 'string' ? undefined : { subject, ruleId: rule.ruleId };
}

export function factsAt(state: IntakeCase, terms: Pick<RegistrationTerms, 'profile' | 'otherBody'>): Facts {
  const form = formAt(state, terms);
  return { ...factsOf(form, state.channel), sector: sectorOf(terms.profile, form) };
}

/** The event that registers a ready page. */
export function registered(
  state: IntakeCase,
  terms: RegistrationTerms,
  caseNumber: string,
  requiredFields: Registered['requiredFields'],
): IntakeEvent {
  const { profile, registeredAt, clockStart } = terms;
  const form = formAt(state, terms);
  const optional = {
    subject: form.subject,
    sector: sectorOf(profile, form),
    directorate: form.directorate,
    section: form.section,
    theme: form.theme,
    location: form.location,
    saleChannel: form.saleChannel,
    shopLicensed: form.shopLicensed,
    otherBody: form.otherBody,
  };
  return {
    type: 'CaseRegistered',
    data: {
      caseNumber,
      caseType: form.caseType ?? unclassified.caseType,
      category: form.category ?? unclassified.category,
      channel: state.channel ?? '',
      language: form.language ?? profile.languages[0] ?? 'ar',
      needFlags: form.needFlags ?? [],
      attachments: state.attachments.length,
      reachableBy: [...reachableBy(profile, state)],
      requiredFields,
      registeredAt,
      clockStart,
      ...present(optional),
    },
  };
}

/** The refusal that a client sees for missing fields, in both languages (KWT-11). */
export function fieldsMissing(missing: readonly MissingField[]): Rejection {
  return reject('FIELDS_MISSING', 'invalid', {
    fields: missing.map((m) => m.field),
    missing_ar: missing.map((m) => m.ar),
    missing_en: missing.map((m) => m.en),
  }).rejection;
}

function formAt(state: IntakeCase, terms: Pick<RegistrationTerms, 'otherBody'>): IntakeCase['form'] {
  return terms.otherBody === undefined ? state.form : { ...state.form, otherBody: terms.otherBody };
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function present<T extends object>(record: T): Present<T> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as Present<T>;
}
