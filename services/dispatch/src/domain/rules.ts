import { type Owner } from '@balagh/case-events';
import { type Profile } from '@balagh/profile';

/**
 * What the tenant lays down: rules as pinned when the case was opened, time by the latest calendar (design §3.8).
 */
export interface Rules {
  readonly profile: Profile;
  readonly time: WorkingTime;
  /** Profile version the calendar comes from. */
  readonly calendarVersion: number;
}

/** The working calendar as a calculator: RFC 3339 UTC strings in and out. */
export interface WorkingTime {
  isOpen(at: string): boolean;
  nextOpening(at: string): string;
  addWorkingDays(from: string, days: number): string;
  addWorkingHours(from: string, hours: number): string;
  addCalendarDays(from: string, days: number): string;
  /** `YYYY-MM-DD` in the tenant's time zone. */
  localDay(at: string): string;
}

type Category = Profile['categories'][number];
type Agency = Profile['agencies'][number];

export function categoryOf(profile: Profile, code: string | undefined): Category | undefined {
  return profile.categories.find((category) => category.code === code);
}

export function agencyOf(profile: Profile, code: string): Agency | undefined {
  return profile.agencies.find((agency) => agency.code === code);
}

/** Whether the party exists inside the organisation; agencies do not count: cases are transferred to them. */
export function knowsInternalOwner(profile: Profile, owner: Owner): boolean {
  if (owner.kind === 'DIRECTORATE') {
    const directorate = profile.directorates.find(({ code }) => code === owner.code);
    if (directorate === undefined) return false;
    return owner.section === undefined || directorate.sections.some(({ code }) => code === owner.section);
  }
  if (owner.section !== undefined) return false;
  const lists = { UNIT: profile.units, COMMITTEE: profile.committees, OFFICE: profile.offices, AGENCY: [] } as const;
  return lists[owner.kind].some(({ code }) => code === owner.code);
}

export function sameOwner(one: Owner | undefined, other: Owner | undefined): boolean {
  return one?.kind === other?.kind && one?.code === other?.code && one?.section === other?.section;
}
