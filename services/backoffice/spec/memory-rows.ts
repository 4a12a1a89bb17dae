import { type CaseFilter, type CaseRows, type Paging } from '../src/application/case-rows.port';
import { type SessionRow, type SessionTable } from '../src/application/sessions';
import { type CaseRow } from '../src/domain/case-row';

/** The read model in a map; passes the same contract as PostgreSQL. */
export function createMemoryRows(): CaseRows {
  const rows = new Map<string, CaseRow>();
  const matching = (filter: CaseFilter): CaseRow[] =>
    [...rows.values()].filter((row) => matches(row, filter));
  return {
    put: async (row) => {
      if ((rows.get(row.caseId)?.version ?? -1) > row.version) return false;
      rows.set(row.caseId, row);
      return true;
    },
    find: async (caseId) => rows.get(caseId),
    page: async (filter, { sort, offset, limit, countUpTo }) => {
      const found = matching(filter).sort((a, b) => compare(a, b, sort));
      const [total, more] = [Math.min(found.length, countUpTo), found.length > countUpTo];
      return { rows: found.slice(offset, offset + limit), total, more };
    },
    count: async (filter) => matching(filter).length,
  };
}

function matches(row: CaseRow, filter: CaseFilter): boolean {
  const { stages, phase, category, priority, number, owner, company, firstLine, overdueAt } = filter;
  const section =
    owner?.section === undefined || row.owner?.section === undefined || row.owner.section === owner.section;
  return (
    row.tenant === filter.tenant &&
    (stages === undefined || stages.includes(row.stage)) &&
    (phase === undefined || row.phase === phase) &&
    (category === undefined || row.category === category) &&
    (priority === undefined || row.priority === priority) &&
    (number === undefined || (row.caseNumber ?? '').toLowerCase().includes(number.toLowerCase())) &&
    (owner === undefined || (row.owner?.code === owner.code && section)) &&
    (company === undefined || row.openedByOrganisation === company) &&
    (overdueAt === undefined ||
      (row.phase === 'registered' && row.dueAt !== undefined && row.dueAt < overdueAt)) &&
    (firstLine === undefined ||
      (row.openedBy === firstLine.account && row.phase === 'open') ||
      sameDay(row.registeredAt, firstLine))
  );
}

function sameDay(at: string | undefined, today: { at: string; timeZone: string }): boolean {
  const dayOf = (instant: string): string =>
    new Intl.DateTimeFormat('en-CA', { timeZone: today.timeZone }).format(new Date(instant));
  return at !== undefined && dayOf(at) >= dayOf(today.at);
}

function compare(a: CaseRow, b: CaseRow, sort: Paging['sort']): number {
  const age = a.openedAt.localeCompare(b.openedAt) || a.caseId.localeCompare(b.caseId);
  if (sort === 'age') return age;
  if (sort === 'newest') return b.openedAt.localeCompare(a.openedAt) || a.caseId.localeCompare(b.caseId);
  return (a.dueAt ?? '9999').localeCompare(b.dueAt ?? '9999') || age;
}

export function createMemorySessionTable(): SessionTable & { readonly rows: Map<string, SessionRow> } {
  const rows = new Map<string, SessionRow>();
  const renewing = new Map<string, Date>();
  const holds = (id: string, sealedTokens: string): boolean => rows.get(id)?.sealedTokens === sealedTokens;
  return {
    rows,
    put: async (row) => void rows.set(row.id, row),
    find: async (id) => rows.get(id),
    touch: async (id, seenAt) => {
      const row = rows.get(id);
      if (row !== undefined) rows.set(id, { ...row, seenAt });
    },
    claimRenewal: async ({ id, sealedTokens, at, until }) => {
      if (!holds(id, sealedTokens) || (renewing.get(id) ?? at) > at) return false;
      renewing.set(id, until);
      return true;
    },
    releaseRenewal: async (id, sealedTokens) => void (holds(id, sealedTokens) && renewing.delete(id)),
    replaceTokens: async (id, before, after) => {
      const row = rows.get(id);
      if (row === undefined || !holds(id, before)) return false;
      rows.set(id, { ...row, sealedTokens: after });
      renewing.delete(id);
      return true;
    },
    remove: async (id) => void rows.delete(id),
    removeStale: async (seenBefore, startedBefore) => {
      const stale = [...rows.values()].filter(
        (row) => row.seenAt < seenBefore || row.startedAt < startedBefore,
      );
      for (const { id } of stale) rows.delete(id);
      return stale.length;
    },
  };
}
