import {
  type EventStore,
  type NewEvent,
  type RecordedEvent,
  commandEventId,
  encodeJson,
} from '@balagh/event-store';
import { z } from 'zod';
import { appendAtEnd } from './append-at-end';
import { type Publisher, metadataOf, uuidFrom } from './profile-published.events';

/**
 * The stream that names each tenant once, author `profile`: among the events of millions of cases nobody has to look for
 * the few that are profiles.
 */
const TENANTS_STREAM = 'tenants-published';
const TENANT_LISTED = 'TenantListed';

const dataSchema = z.object({ tenant: z.string().min(1) });
const attempts = 20;

/**
 * Names the tenant, unless it is named already. Retry-safe.
 * @throws ConflictExhausted after 20 lost races or unanswered calls; other faults of the store
 */
export async function listTenant(store: EventStore, tenant: string, by: Publisher): Promise<void> {
  await appendAtEnd(store, TENANTS_STREAM, attempts, async () => {
    const { events, tenants } = await listedTenants(store);
    const head = events.at(-1);
    return tenants.includes(tenant) ? { done: true } : { head, event: draft(tenant, head, by) };
  });
}

/** The tenants that are named from this revision on, and the events that name them. At most 10,000. */
export async function listedTenants(
  store: EventStore,
  from = 0,
): Promise<{ readonly events: readonly RecordedEvent[]; readonly tenants: readonly string[] }> {
  const read = await store.readStream(TENANTS_STREAM, { from });
  const events = read.kind === 'found' ? read.events : [];
  return { events, tenants: events.map(({ data }) => dataSchema.parse(JSON.parse(data)).tenant) };
}

function draft(tenant: string, head: RecordedEvent | undefined, { actor, now }: Publisher): NewEvent {
  const commandId = uuidFrom(`${TENANT_LISTED}:${tenant}`);
  const metadata = metadataOf(tenant, head, { actor, at: now(), commandId });
  return {
    id: commandEventId(commandId, 0),
    type: TENANT_LISTED,
    data: encodeJson({ tenant }),
    metadata: encodeJson(metadata),
  };
}
