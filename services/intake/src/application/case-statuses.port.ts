import { type Stage } from '@balagh/case-events';

/** Where a registered case stands, as its reporter may know it. */
export interface CaseStatus {
  readonly tenant: string;
  readonly caseId: string;
  readonly caseNumber: string;
  readonly stage: Stage;
  /** RFC 3339. */
  readonly registeredAt: string;
  /** RFC 3339: when it came to stand there. */
  readonly updatedAt: string;
  /** Number of events folded when it came to stand there. */
  readonly version: number;
}

/** The look-up table of statuses: rebuildable, never the truth. */
export interface CaseStatuses {
  /** Keeps the newer of what is stored and what is given. Retry-safe. */
  save(status: CaseStatus): Promise<void>;
  /** The case under this number, if this phone belongs to it; one question, so that nobody learns which of the two was wrong. */
  find(tenant: string, caseNumber: string, phoneIndex: string): Promise<CaseStatus | undefined>;
  /** Saves every status given, then deletes rows that no given status has touched. Readers never see an empty table. */
  replaceAll(statuses: AsyncIterable<CaseStatus>): Promise<number>;
}
