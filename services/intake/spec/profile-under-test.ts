import { type Profile, parseProfile } from '@balagh/profile';
import { profileFixture } from '@balagh/testing';

/** One of the delivered profiles, with parts replaced. */
export function profileOf(tenant: string, changes: Partial<Profile> = {}): Profile {
  return { ...parseProfile(profileFixture(tenant)), ...changes };
}
