import { type CaseEvent, type IntakeForm } from '@balagh/case-events';
import { type Rejection, reject } from '@balagh/decider';
import { type Facts, type Profile } from '@balagh/profile';
import { type IntakeCase } from './intake-case';

type FormOf<T extends CaseEvent['type']> = Extract<CaseEvent, { type: T }>['data'];
export type Registered = FormOf<'CaseRegistered'>;

const invalid = (code: string, details?: Rejection['details']): Rejection =>
  reject(code, 'invalid', details).rejection;

/** The facts that the profile's rules look at; personal answers are none (KWT-31). */
export function factsOf(form: IntakeForm, channel: string | undefined): Facts {
  const {
    caseType,
    category,
    subject,
    sector,
    directorate,
    section,
    saleChannel,
    shopLicensed,
    otherBody,
    clientType,
    theme,
  } = form;
  return {
    caseType,
    category,
    subject,
    channel,
    sector,
    directorate,
    section,
    saleChannel,
    shopLicensed,
    otherBody,
    clientType,
    theme,
  };
}

/** The channel's profile entry, or why it cannot be used on this day of the tenant (BAH-27). */
export function usableChannel(
  profile: Profile,
  code: string,
  today: string,
): Profile['channels'][number] | Rejection {
  const channel = profile.channels.find((c) => c.code === code);
  if (channel === undefined) return invalid('CHANNEL_UNKNOWN', { channel: code });
  if (!channel.enabled || isLater(channel.activeFrom, today))
    return invalid('CHANNEL_INACTIVE', { channel: code });
  return channel;
}

/** A code in the form that the profile does not know. Whether codes fit each other is asked at registration. */
export function unknownCode(profile: Profile, form: IntakeForm): Rejection | undefined {
  const { directorates } = profile;
  const known: readonly (readonly [string, string | undefined, readonly { readonly code: string }[]])[] = [
    ['CATEGORY', form.category, profile.categories],
    ['SUBJECT', form.subject, profile.subjects],
    ['SECTOR', form.sector, profile.sectors],
    ['THEME', form.theme, profile.themes],
    ['CLIENT_TYPE', form.clientType, profile.clientTypes],
    ['DIRECTORATE', form.directorate, directorates],
    ['SECTION', form.section, directorates.flatMap((d) => d.sections)],
    ['BODY', form.otherBody, profile.otherBodies],
    ...(form.needFlags ?? []).map((flag) => ['NEED_FLAG', flag, profile.needFlags] as const),
  ];
  const stranger = known.find(([, code, entries]) => code !== undefined && !has(entries, code));
  if (stranger !== undefined) return invalid(`${stranger[0]}_UNKNOWN`);
  if (form.caseType !== undefined && !has(profile.caseTypes, form.caseType))
    return invalid('CASE_TYPE_NOT_OFFERED');
  return undefined;
}

/** Codes that are known but do not fit each other or the day (MUS-09, QAT-02, QAT-19). */
export function inconsistency(profile: Profile, form: IntakeForm, today: string): Rejection | undefined {
  const category = profile.categories.find((c) => c.code === form.category);
  const caseType = profile.caseTypes.find((t) => t.code === form.caseType);
  if (isLater(category?.activeFrom, today)) return invalid('CATEGORY_INACTIVE');
  if (
    caseType !== undefined &&
    category?.caseTypes !== undefined &&
    !category.caseTypes.includes(caseType.code)
  ) {
    return invalid('CATEGORY_NOT_FOR_CASE_TYPE');
  }
  if (form.section !== undefined && !sectionsOf(profile, form.directorate).includes(form.section)) {
    return invalid('SECTION_NOT_IN_DIRECTORATE');
  }
  if (caseType?.sectorRequired === true && sectorOf(profile, form) === undefined)
    return invalid('SECTOR_REQUIRED');
  return undefined;
}

/** The sector said on the form, else the one the category belongs to. */
export function sectorOf(profile: Profile, form: IntakeForm): string | undefined {
  return form.sector ?? profile.categories.find((c) => c.code === form.category)?.sector;
}

/** Codes of required fields that have a value: answers, and those that evidence of some kind fills (AMB-15). */
export function filledFields(profile: Profile, state: IntakeCase): readonly string[] {
  const evidence = profile.requiredFields
    .filter((f) => state.attachments.some((a) => a.kind === f.attachmentKind))
    .map((f) => f.field);
  const sector = sectorOf(profile, state.form) === undefined ? [] : ['sector'];
  return [...new Set([...state.form.filled, ...evidence, ...sector])];
}

/** Line 1 may end this type at first contact (AMB-13). */
export function endsAtFirstContact(profile: Profile, caseType: string | undefined): boolean {
  return profile.caseTypes.some((t) => t.code === caseType && t.endsAtFirstContact);
}

function sectionsOf(profile: Profile, directorate: string | undefined): readonly string[] {
  return profile.directorates.find((d) => d.code === directorate)?.sections.map((s) => s.code) ?? [];
}

function has(entries: readonly { readonly code: string }[], code: string): boolean {
  return entries.some((entry) => entry.code === code);
}

function isLater(activeFrom: string | undefined, today: string): boolean {
  return activeFrom !== undefined && today < activeFrom;
}
