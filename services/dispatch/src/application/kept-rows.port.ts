import { type CaseRows } from './read-models.port';

/** A queue entry as it was found in the table. */
export interface KeptEntry {
  readonly caseId: string;
  /** Number of events that it says it was folded from. */
  readonly version: number;
  /** Tells this writing of the row from any later one, also of the same version. */
  readonly writing: string;
}

/** What the tables hold, for a rebuild to hold against the event store. */
export interface KeptRows {
  /** The case's queue entry; undefined when there is none. */
  find(caseId: string): Promise<KeptEntry | undefined>;
  /** Writes all rows of the case although the entry found is newer. Does nothing when that was written again meanwhile. */
  replace(found: KeptEntry, rows: CaseRows): Promise<void>;
}
