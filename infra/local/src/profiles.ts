import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createPostgresEventStore } from '@balagh/event-store';
import { parseProfile, publishProfile } from '@balagh/profile';
import { projectRoot } from './data-directory';

/** Publishes every file of `infra/profiles`; an unchanged one gets no new version. */
export async function publishProfiles(eventStoreUrl: string, progress: (line: string) => void): Promise<void> {
  const directory = join(projectRoot, 'infra/profiles');
  const files = readdirSync(directory).filter((name) => name.endsWith('.json'));
  const store = createPostgresEventStore({ connectionString: eventStoreUrl, applicationName: 'launcher' });
  try {
    for (const file of files.sort()) {
      const profile = parseProfile(JSON.parse(readFileSync(join(directory, file), 'utf8')));
      const actor = { kind: 'system', id: 'launcher', organisation: 'BALAGH' } as const;
      const { version, unchanged } = await publishProfile(store, profile, { actor, now: () => new Date().toISOString() });
      if (!unchanged) progress(`  profile ${profile.tenant} version ${version}`);
    }
  } finally {
    await store.close();
  }
}
