import { type Profile } from './profile.schema';

/** A published profile version; rules are pinned to it when the case is opened (design §3.8). */
export interface PublishedProfile {
  readonly profile: Profile;
  /** From 1, in the tenant's stream. */
  readonly version: number;
}

export interface Profiles {
  /** The newest version known. @throws ProfileUnknown */
  latest(tenant: string): Promise<PublishedProfile>;
  /** That version; loads it when a case names one that is not known yet. @throws ProfileUnknown */
  at(tenant: string, version: number): Promise<PublishedProfile>;
  tenants(): Promise<readonly string[]>;
}

export class ProfileUnknown extends Error {
  readonly code = 'PROFILE_UNKNOWN';
  readonly retriable = true;
}
