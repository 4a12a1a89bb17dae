import { profileStream } from '@balagh/case-events';
import { type EventStore } from '@balagh/event-store';
import { LRUCache } from 'lru-cache';
import { decodeProfilePublished } from './profile-published.events';
import { type Profiles, type PublishedProfile, ProfileUnknown } from './profiles.port';
import { listedTenants } from './tenant-list';

export interface ProfilesOptions {
  readonly store: EventStore;
  /** Milliseconds for which a newest version is taken as the newest without asking. Default 1,000. */
  readonly refreshMs?: number;
  /** Most versions held in memory beside the newest ones. Default 200. */
  readonly heldVersions?: number;
  readonly monotonicMs?: () => number;
}

interface Tenant {
  newest: PublishedProfile | undefined;
  askedAt: number;
  asking: Promise<void> | undefined;
}

/**
 * Profiles out of the event store. A publication is seen within `refreshMs`; nothing runs between calls, so there is
 * nothing to close. While the store does not answer, the newest known version stays in force.
 */
export function createProfiles(options: ProfilesOptions): Profiles {
  const { store, refreshMs = 1_000, heldVersions = 200, monotonicMs = () => performance.now() } = options;
  const tenants = new Map<string, Tenant>();
  const held = new LRUCache<string, PublishedProfile>({ max: heldVersions });
  const list = tenantList(store, refreshMs, monotonicMs);

  const hold = (published: PublishedProfile): PublishedProfile => {
    held.set(`${published.profile.tenant}@${published.version}`, published);
    return published;
  };

  const refresh = async (name: string, tenant: Tenant): Promise<void> => {
    const askedAt = monotonicMs();
    try {
      const published = await read(store, name, tenant.newest?.version);
      if (published !== undefined) tenant.newest = hold(published);
      tenant.askedAt = askedAt;
    } catch (error) {
      if (tenant.newest === undefined) throw error;
    }
  };

  const latest = async (name: string): Promise<PublishedProfile> => {
    const tenant = tenants.get(name) ?? { newest: undefined, askedAt: -Infinity, asking: undefined };
    tenants.set(name, tenant);
    if (tenant.newest === undefined || monotonicMs() - tenant.askedAt >= refreshMs) {
      tenant.asking ??= refresh(name, tenant).finally(() => {
        tenant.asking = undefined;
        if (tenant.newest === undefined) tenants.delete(name);
      });
      await tenant.asking;
    }
    if (tenant.newest === undefined) throw new ProfileUnknown(`no profile of ${name} is published`);
    return tenant.newest;
  };

  const at = async (name: string, version: number): Promise<PublishedProfile> => {
    const known = held.get(`${name}@${version}`) ?? newestIs(tenants.get(name), version);
    if (known !== undefined) return known;
    const published = await readVersion(store, name, version);
    if (published === undefined) throw new ProfileUnknown(`version ${version} of ${name} is not published`);
    return hold(published);
  };

  return { latest, at, tenants: list };
}

function newestIs(tenant: Tenant | undefined, version: number): PublishedProfile | undefined {
  return tenant?.newest?.version === version ? tenant.newest : undefined;
}

/** The newest version when it is newer than `known`. */
async function read(store: EventStore, tenant: string, known = 0): Promise<PublishedProfile | undefined> {
  const found = await store.readStream(profileStream(tenant), { direction: 'backwards', limit: 1 });
  const event = found.kind === 'found' ? found.events[0] : undefined;
  return event === undefined || event.revision + 1 === known ? undefined : decodeProfilePublished(event);
}

async function readVersion(
  store: EventStore,
  tenant: string,
  version: number,
): Promise<PublishedProfile | undefined> {
  if (!Number.isInteger(version) || version < 1) return undefined;
  const found = await store.readStream(profileStream(tenant), { from: version - 1, limit: 1 });
  const event = found.kind === 'found' ? found.events[0] : undefined;
  return event?.revision === version - 1 ? decodeProfilePublished(event) : undefined;
}

/** Each call reads only what was listed since the last; those that come meanwhile wait for the same answer. */
function tenantList(
  store: EventStore,
  refreshMs: number,
  monotonicMs: () => number,
): () => Promise<readonly string[]> {
  const names: string[] = [];
  let askedAt = -Infinity;
  let asking: Promise<void> | undefined;
  const refresh = async (): Promise<void> => {
    const now = monotonicMs();
    names.push(...(await listedTenants(store, names.length)).tenants);
    askedAt = now;
  };
  return async () => {
    if (monotonicMs() - askedAt >= refreshMs) {
      asking ??= refresh().finally(() => {
        asking = undefined;
      });
      await asking;
    }
    return [...names].sort();
  };
}
