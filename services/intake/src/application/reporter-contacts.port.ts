/** Under which phone a case may be asked for: blind indexes in a deletable table (design §3.11). */
export interface ReporterContacts {
  /** Replaces what was known for the case. Retry-safe. */
  remember(tenant: string, caseId: string, phoneIndex: string): Promise<void>;
  /** Deletes all of a case. */
  forget(caseId: string): Promise<void>;
}
