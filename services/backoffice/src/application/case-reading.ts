import { type StoredEvent, caseStream, decodeEvent } from '@balagh/case-events';
import { type EventStore } from '@balagh/event-store';
import { Rejected } from '@balagh/runtime';

const pageSize = 1_000;

/** All events of a case, in order; empty when there is no such case. @throws InvalidStoredEvent, Unavailable */
export async function readCase(store: EventStore, caseId: string): Promise<readonly StoredEvent[]> {
  const events: StoredEvent[] = [];
  for (;;) {
    const page = await store.readStream(caseStream(caseId), { from: events.length, limit: pageSize });
    if (page.kind === 'missing') return events;
    events.push(...page.events.map((raw) => decodeEvent(raw)));
    if (page.events.length < pageSize) return events;
  }
}

/** The same answer for a case that does not exist, belongs to another organisation, or to another party. */
export function caseNotFound(): Rejected {
  return new Rejected({ code: 'CASE_NOT_FOUND', reason: 'missing' });
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The events of a case of this tenant. @throws Rejected CASE_NOT_FOUND */
export async function readCaseOf(
  store: EventStore,
  tenant: string,
  caseId: string,
): Promise<readonly StoredEvent[]> {
  if (!uuid.test(caseId)) throw caseNotFound();
  const events = await readCase(store, caseId);
  if (events[0]?.metadata.tenant !== tenant) throw caseNotFound();
  return events;
}
