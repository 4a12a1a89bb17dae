import { type CaseEvent, type Stage, type StoredEvent, foldCase } from '@balagh/case-events';

/** What the index keeps of a case: enough to find it and to notice that it was changed behind the store's back. */
export interface CaseIndexRow {
  readonly tenant: string;
  readonly caseId: string;
  /** Absent until the case is registered. */
  readonly caseNumber?: string;
  readonly stage: Stage;
  readonly category?: string;
  /** RFC 3339. */
  readonly registeredAt?: string;
  /** Number of events folded into this row. */
  readonly version: number;
}

/** The row of a case after these events; undefined for a case without any. */
export function rowOf(caseId: string, events: readonly StoredEvent<CaseEvent>[]): CaseIndexRow | undefined {
  const [first] = events;
  if (first === undefined) return undefined;
  const { caseNumber, stage, category, registeredAt, version } = foldCase(events);
  return {
    tenant: first.metadata.tenant,
    caseId,
    ...(caseNumber === undefined ? {} : { caseNumber }),
    stage,
    ...(category === undefined ? {} : { category }),
    ...(registeredAt === undefined ? {} : { registeredAt }),
    version,
  };
}
