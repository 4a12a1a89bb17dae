import { type CaseEvent, type StoredEvent, caseStream, decodeEvent } from '@balagh/case-events';
import { type EventStore, type RecordedEvent, readWholeStream } from '@balagh/event-store';

/** A case as stored and as read. Both lists have the same order and length. */
export interface CaseHistory {
  readonly caseId: string;
  readonly tenant: string;
  readonly raw: readonly RecordedEvent[];
  readonly events: readonly StoredEvent<CaseEvent>[];
}

/** The whole history of a case; undefined when there is none. @throws InvalidStoredEvent when it no longer decodes; EventNewer (retriable) */
export async function readHistory(store: EventStore, caseId: string): Promise<CaseHistory | undefined> {
  const raw = await readWholeStream(store, caseStream(caseId));
  const events = raw.map((event) => decodeEvent<CaseEvent>(event));
  const [first] = events;
  return first === undefined ? undefined : { caseId, tenant: first.metadata.tenant, raw, events };
}
