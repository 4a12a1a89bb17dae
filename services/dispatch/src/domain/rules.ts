import { type Owner } from '@balagh/case-events';
import { type Profile, type WorkingTime, findOwner } from '@balagh/profile';

/**
 * What the tenant lays down: rules as pinned when the case was opened, time by the latest calendar (design §3.8).
 */
export interface Rules {
  readonly profile: Profile;
  readonly time: WorkingTime;
  /** Profile version the calendar comes from. */
  readonly calendarVersion: number;
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
  return owner.kind !== 'AGENCY' && typeof findOwner(profile, owner) !== 'string';
}
