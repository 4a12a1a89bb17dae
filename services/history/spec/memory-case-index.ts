import { type CaseIndex } from '../src/application/case-index.port';
import { type CaseIndexRow } from '../src/domain/case-index-row';

/** The index in memory, for specifications of handlers; passes the same contract as the one in PostgreSQL. */
export function createMemoryCaseIndex(): CaseIndex {
  const rows = new Map<string, CaseIndexRow>();
  const write = (row: CaseIndexRow): Promise<void> => Promise.resolve(void rows.set(row.caseId, row));
  const keyOf = (row: CaseIndexRow): string => `${row.registeredAt ?? ''} ${row.caseId}`;
  return {
    upsert: (row) => ((rows.get(row.caseId)?.version ?? 0) > row.version ? Promise.resolve() : write(row)),
    replace: write,
    remove: (caseId) => Promise.resolve(void rows.delete(caseId)),
    get: (caseId) => Promise.resolve(rows.get(caseId)),
    caseIdOf: (tenant, caseNumber) =>
      Promise.resolve(
        [...rows.values()].find(
          (row) => (tenant === undefined || row.tenant === tenant) && row.caseNumber === caseNumber,
        )?.caseId,
      ),
    list: ({ tenant, stage, category, numberPrefix, limit, countUpTo, after }) => {
      const matching = [...rows.values()]
        .filter((row) => tenant === undefined || row.tenant === tenant)
        .filter((row) => stage === undefined || row.stage === stage)
        .filter((row) => category === undefined || row.category === category)
        .filter((row) => numberPrefix === undefined || row.caseNumber?.startsWith(numberPrefix) === true)
        .sort((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1));
      const from =
        after === undefined
          ? '~'
          : `${after.registeredAt === '-infinity' ? '' : after.registeredAt} ${after.caseId}`;
      return Promise.resolve({
        rows: matching.filter((row) => keyOf(row) < from).slice(0, limit),
        total: Math.min(matching.length, countUpTo),
        more: matching.length > countUpTo,
      });
    },
    rowsAfter: (caseId, limit) => {
      const sorted = [...rows.values()].sort((a, b) => (a.caseId < b.caseId ? -1 : 1));
      return Promise.resolve(
        sorted.filter((row) => caseId === undefined || row.caseId > caseId).slice(0, limit),
      );
    },
  };
}
