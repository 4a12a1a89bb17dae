import { type Profile } from './profile.schema';
import { type Profiles, type PublishedProfile, ProfileUnknown } from './profiles.port';

/**
 * Profiles given as they are, for specifications: the n-th profile of a tenant in the list is its version n.
 */
export function createStaticProfiles(profiles: readonly Profile[]): Profiles {
  const versions = new Map<string, PublishedProfile[]>();
  for (const profile of profiles) {
    const known = versions.get(profile.tenant) ?? [];
    known.push({ profile, version: known.length + 1 });
    versions.set(profile.tenant, known);
  }
  return {
    latest: async (tenant) => found(versions.get(tenant)?.at(-1), tenant),
    at: async (tenant, version) => found(versions.get(tenant)?.[version - 1], tenant),
    tenants: async () => [...versions.keys()].sort(),
  };
}

function found(published: PublishedProfile | undefined, tenant: string): PublishedProfile {
  if (published === undefined) throw new ProfileUnknown(`no such profile version of ${tenant}`);
  return published;
}
