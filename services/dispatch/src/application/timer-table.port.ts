import { type TimerKind } from '../domain/due-times';

/** A due time that this process may fire until the lease runs out. */
export interface LeasedTimer {
  readonly caseId: string;
  readonly kind: TimerKind;
  readonly tenant: string;
  readonly dueAt: string;
  /** Tells this lease from any later one of the same timer. */
  readonly fence: string;
}

/** Due times of all cases; several processes share them by leases. All times are of the injected clock. */
export interface TimerTable {
  /** Leases timers that are due before `now`, the longest overdue first; those leased by others are passed over. */
  lease(request: {
    now: string;
    until: string;
    owner: string;
    limit: number;
  }): Promise<readonly LeasedTimer[]>;
  /**
   * Gives the lease back. A timer that is due no later than it was leased for led to nothing and is not fired before `notBefore`; one
   * that moved on meanwhile is left alone. Does nothing when a later lease exists.
   */
  release(timer: LeasedTimer, notBefore: string): Promise<void>;
  /** Cases of the tenant whose due times were computed with an older calendar, by id, those after `after` only. */
  outdated(request: {
    tenant: string;
    calendarVersion: number;
    after: string | undefined;
    limit: number;
  }): Promise<readonly string[]>;
}
