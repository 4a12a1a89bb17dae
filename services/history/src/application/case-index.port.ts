import { type CaseIndexRow } from '../domain/case-index-row';

/** The read side of history: one row per case, rebuilt at will. */
export interface CaseIndex {
  /** Writes the row unless a newer version is there. An equal version is written again: it can only be the same, or wrong. */
  upsert(row: CaseIndexRow): Promise<void>;
  /** Writes the row whatever is there. */
  replace(row: CaseIndexRow): Promise<void>;
  remove(caseId: string): Promise<void>;
  /** By id, whichever tenant owns it. */
  get(caseId: string): Promise<CaseIndexRow | undefined>;
  /** `tenant` undefined: any; numbers are unique across tenants. */
  caseIdOf(tenant: string | undefined, caseNumber: string): Promise<string | undefined>;
  list(query: CaseQuery): Promise<CasePage>;
  /** All rows after a case id, in the order of case ids; for checks and rebuilding. */
  rowsAfter(caseId: string | undefined, limit: number): Promise<readonly CaseIndexRow[]>;
}

/** Absent filters do not filter. Order: newest registration first, unregistered last, then case id. */
export interface CaseQuery {
  readonly tenant?: string;
  readonly stage?: string;
  readonly category?: string;
  readonly numberPrefix?: string;
  readonly limit: number;
  /** Rows of all pages are counted so far. */
  readonly countUpTo: number;
  /** Continue after this row of the previous page. */
  readonly after?: { readonly registeredAt: string; readonly caseId: string };
}

/** Cases that a list counts; whoever wants to know more narrows it. */
export const mostCounted = 10_000;

export interface CasePage {
  readonly rows: readonly CaseIndexRow[];
  /** Rows of all pages, at most `countUpTo`. */
  readonly total: number;
  /** There are more than were counted. */
  readonly more: boolean;
}

/** Nest injection token of the `CaseIndex`. */
export const CASE_INDEX = Symbol('history.case-index');
