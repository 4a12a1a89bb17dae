/** Under which phone a case may be asked for: blind indexes in a deletable table (design §3.11). */
export interface ReporterContacts {
  /** Replaces what was known for the case, unless that is newer. Retry-safe. */
  remember(contact: ReporterContact): Promise<void>;
  /** Deletes all of a case. */
  forget(caseId: string): Promise<void>;
}

export interface ReporterContact {
  readonly tenant: string;
  readonly caseId: string;
  readonly phoneIndex: string;
  /** Revision of the event that the phone was taken from. */
  readonly version: number;
}
