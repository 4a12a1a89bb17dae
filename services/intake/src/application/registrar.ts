import { type Profile, localDay, workingTime } from '@balagh/profile';
import { type IntakeCase } from '../domain/intake-case';
import { type RegistrationTerms, assessRegistration } from '../domain/registration';
import { type Desk, type Page } from './case-desk';
import { type CaseNumbers, type ReservedNumber } from './case-numbers.port';
import { type Repeats } from './repeats';

/** Gathers what a registration is decided with, and reserves only what a ready page needs. */
export class Registrar {
  constructor(
    private readonly desk: Pick<Desk, 'profiles' | 'now'>,
    private readonly numbers: CaseNumbers,
    private readonly repeats: Repeats,
  ) {}

  /** Retry-safe: the same case gets the same number and the same original again. */
  async termsFor(
    tenant: string,
    state: IntakeCase,
    page: Page,
    otherBody?: string,
  ): Promise<RegistrationTerms> {
    const { profile, caseId } = page;
    const registeredAt = this.desk.now();
    const today = localDay(registeredAt, profile.timeZone);
    const clockStart = await this.clockStart(tenant, registeredAt);
    const terms: RegistrationTerms = {
      profile,
      today,
      registeredAt,
      clockStart,
      ...(otherBody !== undefined && { otherBody }),
    };
    if (state.phase !== 'open') return terms;
    const readiness = assessRegistration(state, terms);
    if (readiness.kind !== 'ready') return terms;
    const compared =
      readiness.requiredFields !== 'WAIVED_OUT_OF_JURISDICTION' && readiness.decline === undefined;
    const original = compared
      ? await this.repeats.originalOf(tenant, caseId, profile, state.form)
      : undefined;
    const reserved = await this.numbers.reserve(tenant, today.slice(0, 4), caseId);
    return {
      ...terms,
      caseNumber: caseNumberOf(profile, reserved),
      ...(original !== undefined && { original }),
    };
  }

  /** Calendars are always the latest, unlike rules (design §3.8). */
  private async clockStart(tenant: string, at: string): Promise<string> {
    const { calendar, timeZone } = (await this.desk.profiles.latest(tenant)).profile;
    return calendar.clockStartsAtOpening ? workingTime(calendar, timeZone).nextOpening(at) : at;
  }
}

/** `MUS-2026-000001`, by the profile's pattern (AMB-43). */
export function caseNumberOf({ caseNumber }: Profile, { year, number }: ReservedNumber): string {
  return caseNumber.pattern
    .replaceAll('{prefix}', caseNumber.prefix)
    .replaceAll('{year}', year)
    .replaceAll('{number}', String(number).padStart(caseNumber.digits, '0'));
}

/** The year and number in a case number of this profile, or undefined when it follows another pattern. */
export function numberIn({ caseNumber }: Profile, text: string): ReservedNumber | undefined {
  const literal = (part: string): string => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const pattern = literal(caseNumber.pattern)
    .replace(literal('{prefix}'), literal(caseNumber.prefix))
    .replace(literal('{year}'), '(?<year>\\d{4})')
    .replace(literal('{number}'), '(?<number>\\d+)');
  const groups = new RegExp(`^${pattern}$`).exec(text)?.groups;
  const number = groups?.['number'];
  return number === undefined ? undefined : { year: groups?.['year'] ?? '', number: Number(number) };
}
