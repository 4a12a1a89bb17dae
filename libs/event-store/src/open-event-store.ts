import { type EventStore } from './event-store.port';
import { createKurrentDbEventStore } from './kurrentdb/kurrentdb-event-store.adapter';
import { createPostgresEventStore } from './postgres/postgres-event-store.adapter';

/** Values of `EVENT_STORE`: the one setting that chooses the adapter. */
export const eventStoreKinds = ['postgres', 'kurrentdb'] as const;
export type EventStoreKind = (typeof eventStoreKinds)[number];

/** @throws TypeError for any other text; absent or empty is PostgreSQL */
export function eventStoreKind(text: string | undefined): EventStoreKind {
  if (text === undefined || text === '') return 'postgres';
  const kind = eventStoreKinds.find((known) => known === text);
  if (kind === undefined) throw new TypeError(`EVENT_STORE must be one of ${eventStoreKinds.join(', ')}`);
  return kind;
}

export interface EventStoreAddress {
  readonly kind: EventStoreKind;
  /** Connection string of that kind of store. */
  readonly url: string;
  /** Shown to operators by PostgreSQL; KurrentDB has no such thing. */
  readonly applicationName?: string;
  /** Connections of PostgreSQL's pool. Default 8. */
  readonly maxConnections?: number;
}

/**
 * The event store that the setting names. Connects at the first call only.
 * @throws StoreClientMissing, TypeError for a connection string that would change what the port promises
 */
export function openEventStore({ kind, url, ...options }: EventStoreAddress): EventStore {
  return kind === 'kurrentdb'
    ? createKurrentDbEventStore({ connectionString: url })
    : createPostgresEventStore({ connectionString: url, ...options });
}
