import { type StoredEvent, caseStream, decodeEvent } from '@balagh/case-events';
import { type EventStore } from '@balagh/event-store';
import { AccessDenied, CaseHidden, Rejected } from '@balagh/runtime';

const pageSize = 1_000;

/** All events of a case, in order; empty when there is no such case. @throws InvalidStoredEvent, EventNewer (retriable), Unavailable */
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

/** To the caller it does not exist; that he asked is on record. */
export function caseHidden(code: 'TENANT_FOREIGN' | 'CASE_FOREIGN', caseId: string): CaseHidden {
  return new CaseHidden(caseNotFound().rejection, new AccessDenied(code, 'case.view', caseId));
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The events of a case of this tenant. @throws Rejected CASE_NOT_FOUND; CaseHidden when it is another tenant's */
export async function readCaseOf(
  store: EventStore,
  tenant: string,
  caseId: string,
): Promise<readonly StoredEvent[]> {
  if (!uuid.test(caseId)) throw caseNotFound();
  const events = await readCase(store, caseId);
  const first = events[0];
  if (first === undefined) throw caseNotFound();
  if (first.metadata.tenant !== tenant) throw caseHidden('TENANT_FOREIGN', caseId);
  return events;
}
