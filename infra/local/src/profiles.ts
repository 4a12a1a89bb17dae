import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type EventStoreAddress, openEventStore } from '@balagh/event-store';
import { type Profile, parseProfile, publishProfile } from '@balagh/profile';
import { type PartnerAgency } from './certificates';
import { projectRoot } from './data-directory';

/** Publishes every file of `infra/profiles`; an unchanged one gets no new version. */
export async function publishProfiles(
  eventStore: EventStoreAddress,
  progress: (line: string) => void,
): Promise<void> {
  const store = openEventStore({ ...eventStore, applicationName: 'launcher' });
  try {
    for (const profile of profileFiles()) {
      const actor = { kind: 'system', id: 'launcher', organisation: 'BALAGH' } as const;
      const { version, unchanged } = await publishProfile(store, profile, {
        actor,
        now: () => new Date().toISOString(),
      });
      if (!unchanged) progress(`  profile ${profile.tenant} version ${version}`);
    }
  } finally {
    await store.close();
  }
}

/** The agencies that some organisation reaches over gRPC, with the organisations that do. */
export function grpcAgencies(profiles: readonly Profile[] = profileFiles()): PartnerAgency[] {
  const tenantsOf = new Map<string, string[]>();
  for (const { tenant, agencies } of profiles) {
    for (const { code } of agencies.filter(({ transports }) => transports.includes('GRPC')))
      tenantsOf.set(code, [...(tenantsOf.get(code) ?? []), tenant]);
  }
  return [...tenantsOf].map(([code, tenants]) => ({ code, tenants }));
}

function profileFiles(): Profile[] {
  const directory = join(projectRoot, 'infra/profiles');
  const files = readdirSync(directory).filter((name) => name.endsWith('.json'));
  return files.sort().map((file) => parseProfile(JSON.parse(readFileSync(join(directory, file), 'utf8'))));
}
