import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { profileStream } from '@balagh/case-events';
import { type EventStore, type EventStoreAddress, openEventStore } from '@balagh/event-store';
import { type Profile, parseProfile, publishProfile } from '@balagh/profile';
import { z } from 'zod';
import { type PartnerAgency } from './certificates';
import { projectRoot } from './data-directory';

/** Tenants whose shipped profiles are to be published. */
export type ChosenProfiles = 'all' | readonly string[];

const launcher = { kind: 'system', id: 'launcher', organisation: 'BALAGH' } as const;

/** Publishes the chosen files of `infra/profiles` as `publishUntouched` does. @throws for a tenant that no file is of */
export async function publishProfiles(
  eventStore: EventStoreAddress,
  progress: (line: string) => void,
  chosen: ChosenProfiles = 'all',
): Promise<void> {
  const profiles = chosenFrom(profileFiles(), chosen);
  const store = openEventStore({ ...eventStore, applicationName: 'launcher' });
  try {
    await publishUntouched(store, profiles, progress);
  } finally {
    await store.close();
  }
}

/** @throws for a tenant that no profile is of */
export function chosenFrom(profiles: readonly Profile[], chosen: ChosenProfiles): readonly Profile[] {
  if (chosen === 'all') return profiles;
  const unknown = chosen.filter((wanted) => !profiles.some(({ tenant }) => tenant === wanted));
  if (unknown.length > 0) throw new TypeError(`no file of infra/profiles is of ${unknown.join(', ')}`);
  return profiles.filter(({ tenant }) => chosen.includes(tenant));
}

/**
 * Publishes each profile whose tenant has none yet, or whose newest version stems from here as well; an unchanged one gets no new version. What
 * somebody else has published stays in force, whatever the file says.
 */
export async function publishUntouched(
  store: EventStore,
  profiles: readonly Profile[],
  progress: (line: string) => void,
): Promise<void> {
  for (const profile of profiles) {
    const newest = await newestOf(store, profile.tenant);
    if (newest !== undefined && newest.publisher !== launcher.id) {
      const { version, publisher } = newest;
      progress(`  profile ${profile.tenant} left alone: ${publisher} published version ${version}`);
      continue;
    }
    const by = { actor: launcher, now: () => new Date().toISOString() };
    const { version, unchanged } = await publishProfile(store, profile, by);
    if (!unchanged) progress(`  profile ${profile.tenant} version ${version}`);
  }
}

const metadataSchema = z.object({ actor: z.object({ kind: z.string(), id: z.string() }) });

async function newestOf(
  store: EventStore,
  tenant: string,
): Promise<{ readonly version: number; readonly publisher: string } | undefined> {
  const found = await store.readStream(profileStream(tenant), { direction: 'backwards', limit: 1 });
  const event = found.kind === 'found' ? found.events[0] : undefined;
  if (event === undefined) return undefined;
  const { actor } = metadataSchema.parse(JSON.parse(event.metadata));
  const publisher = actor.kind === launcher.kind ? actor.id : `${actor.kind} ${actor.id}`;
  return { version: event.revision + 1, publisher };
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
