import { type CaseEvent, type StoredEvent, publish } from '@balagh/case-events';
import { type CaseIndexRow, rowOf } from './case-index-row';

export interface ReadSideFault {
  /** Last revision that the row claims, or the first one it misses. */
  readonly revision: number;
  readonly detail: string;
}

/**
 * Compares a row with the fold of the events that it claims to hold (SYS-02). A row may stay behind events that are not
 * published, and behind published ones that were recorded after `settledBefore` (RFC 3339): those may still be on their way.
 */
export function readSideFault(
  caseId: string,
  row: CaseIndexRow | undefined,
  events: readonly StoredEvent<CaseEvent>[],
  settledBefore: string,
): ReadSideFault | undefined {
  const version = row?.version ?? 0;
  if (version > events.length)
    return {
      revision: version - 1,
      detail: `row is at version ${version}, the stream has ${events.length} events`,
    };
  if (row !== undefined) {
    const field = differingField(row, rowOf(caseId, events.slice(0, version)));
    if (field !== undefined)
      return { revision: version - 1, detail: `${field} is not what the first ${version} events say` };
  }
  const missed = events
    .slice(version)
    .find((event) => publish(event) !== undefined && event.metadata.recordedAt < settledBefore);
  return missed === undefined
    ? undefined
    : { revision: missed.revision, detail: row === undefined ? 'row is missing' : 'row stayed behind' };
}

function differingField(row: CaseIndexRow, due: CaseIndexRow | undefined): string | undefined {
  if (due === undefined) return 'version';
  const fields = ['tenant', 'caseId', 'caseNumber', 'stage', 'category', 'registeredAt', 'version'] as const;
  return fields.find((field) => row[field] !== due[field]);
}
