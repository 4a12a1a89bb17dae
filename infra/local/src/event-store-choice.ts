import { type EventStoreAddress, eventStoreKind } from '@balagh/event-store';

/**
 * The store outside this installation's own PostgreSQL that `EVENT_STORE` and `EVENT_STORE_URL` name; undefined: behind the database.
 * @throws TypeError when it is chosen without an address
 */
export function chosenStore(
  kind: string | undefined,
  url: string | undefined,
): EventStoreAddress | undefined {
  if (eventStoreKind(kind) === 'postgres') return undefined;
  if (url === undefined || url === '')
    throw new TypeError('EVENT_STORE=kurrentdb needs EVENT_STORE_URL: none can be started here');
  return { kind: 'kurrentdb', url };
}
