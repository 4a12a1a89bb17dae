import { type CaseRows } from './read-models.port';

/** A queue entry as it was found in the table. */
export interface KeptEntry {
  readonly caseId: string;
  /** Number of events that it says it was folded from. */
  readonly version: number;
  /** Tells this writing of the row from any later one, also of the same version. */
  readonly writing: string;
}

/** A case that has transfers or timers. */
export interface Dependant {
  readonly caseId: string;
  readonly hasEntry: boolean;
}

/** What the tables hold, for a rebuild to hold against the event store. */
export interface KeptRows {
  /** The case's queue entry; undefined when there is none. */
  find(caseId: string): Promise<KeptEntry | undefined>;
  /** Writes all rows of the case although the entry found is newer. Does nothing when that was written again meanwhile. */
  replace(found: KeptEntry, rows: CaseRows): Promise<void>;
  /**
   * Removes all rows of the case, or, where no entry was found, its transfers and timers. Does nothing when the entry was written
   * again meanwhile. @returns whether rows were removed
   */
  remove(caseId: string, found: KeptEntry | undefined): Promise<boolean>;
  /** Entries in the order of case ids, those after `after` only; no more than `limit`. */
  entries(after: string | undefined, limit: number): Promise<readonly KeptEntry[]>;
  /** Cases of transfers and timers, in the order of case ids, those after `after` only; no more than `limit`. */
  dependants(after: string | undefined, limit: number): Promise<readonly Dependant[]>;
}
