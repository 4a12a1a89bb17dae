import { type CaseRow } from '../domain/case-row';

/** The read model of the work lists; rebuilt at any time from the event store (SYS-02). */
export interface CaseRows {
  /** Writes the row unless a newer version is there. False: it was older. */
  put(row: CaseRow): Promise<boolean>;
  find(caseId: string): Promise<CaseRow | undefined>;
  page(filter: CaseFilter, paging: Paging): Promise<CaseRowPage>;
  count(filter: CaseFilter): Promise<number>;
}

export interface CaseRowPage {
  readonly rows: readonly CaseRow[];
  /** Rows that fit the filter, counted up to `countUpTo`. */
  readonly total: number;
  /** There are more than were counted. */
  readonly more: boolean;
}

/** All given conditions hold together. */
export interface CaseFilter {
  readonly tenant: string;
  readonly stages?: readonly string[];
  readonly phase?: 'open' | 'registered' | 'terminal';
  readonly category?: string;
  readonly priority?: string;
  /** Digits or letters anywhere in the case number. */
  readonly number?: string;
  readonly owner?: { readonly code: string; readonly section?: string };
  /** Opened by agents of this organisation. */
  readonly company?: string;
  /** Pages that this account opened and has not registered, and whatever was registered on the tenant's day of `at`. */
  readonly firstLine?: { readonly account: string; readonly at: string; readonly timeZone: string };
  /** Due before this moment and not closed. */
  readonly overdueAt?: string;
}

export interface Paging {
  /** `age`: oldest first (MUS-48); `newest`; `due`: nearest due time first, without one last. */
  readonly sort: 'age' | 'newest' | 'due';
  readonly offset: number;
  readonly limit: number;
  /** Counting ends here: it costs by what it counts, and nobody leafs through a million cases. */
  readonly countUpTo: number;
}
