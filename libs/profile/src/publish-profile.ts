import { profileStream } from '@balagh/case-events';
import { type EventStore, type RecordedEvent } from '@balagh/event-store';
import { appendAtEnd } from './append-at-end';
import { type Publisher, decodeProfilePublished, draftProfilePublished } from './profile-published.events';
import { type Profile } from './profile.schema';
import { listTenant } from './tenant-list';

export interface Publication {
  /** Version that is in force now, from 1. */
  readonly version: number;
  /** The profile was already the newest one; nothing was written. */
  readonly unchanged: boolean;
}

const attempts = 5;

/**
 * Makes the profile its tenant's newest version, unless it is that already: the order of keys does not matter,
 * the order of rules does. Its tenant is then in the list of tenants. Retry-safe; of two publishers at once, the later one builds on the earlier.
 * @throws ConflictExhausted after 5 lost races or unanswered calls; other faults of the store
 */
export async function publishProfile(
  store: EventStore,
  profile: Profile,
  by: Publisher,
): Promise<Publication> {
  const publication = await publish(store, profile, by);
  await listTenant(store, profile.tenant, by);
  return publication;
}

async function publish(store: EventStore, profile: Profile, by: Publisher): Promise<Publication> {
  const stream = profileStream(profile.tenant);
  const content = canonical(profile);
  let sent: string | undefined;
  const outcome = await appendAtEnd(store, stream, attempts, async () => {
    const head = await newest(store, stream);
    if (head !== undefined && canonical(decodeProfilePublished(head).profile) === content) {
      return { done: { version: head.revision + 1, unchanged: head.id !== sent } };
    }
    const event = draftProfilePublished(profile, head, { actor: by.actor, at: by.now() });
    sent = event.id;
    return { head, event };
  });
  return 'done' in outcome ? outcome.done : { version: outcome.revision + 1, unchanged: false };
}

async function newest(store: EventStore, stream: string): Promise<RecordedEvent | undefined> {
  const found = await store.readStream(stream, { direction: 'backwards', limit: 1 });
  return found.kind === 'found' ? found.events[0] : undefined;
}

function canonical(profile: Profile): string {
  return JSON.stringify(profile, (_, value: unknown) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
