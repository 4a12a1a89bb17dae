import { type Clock } from '@balagh/runtime';
import { type Profiles } from '@balagh/profile';
import { type Logger } from 'pino';
import { type FireTimerHandler } from './fire-timer.handler';
import { OutdatedDueDates } from './outdated-due-dates';
import { type ProjectCaseHandler } from './project-case.handler';
import { type LeasedTimer, type TimerTable } from './timer-table.port';

export interface TimerPollerOptions {
  /** Name of this process in leases. */
  readonly owner: string;
  /** Milliseconds between looks. Default 1,000. */
  readonly everyMs?: number;
  /** Timers leased together. Default 50. */
  readonly batch?: number;
  /** Milliseconds after which others may fire what this process took. Default 30,000. */
  readonly leaseMs?: number;
}

/** After a fault, and when the case does not say what its row says, the same timer is tried again this much later. */
const pauseMs = 30_000;
/** Batches of one look; then outdated due dates have their turn again. */
const mostBatches = 20;

/**
 * Fires due timers, late rather than early. Any number of processes may run one: leases share the work, and the command id
 * makes each effect happen once even when a lease ran out under its holder.
 */
export class TimerPoller {
  private timeout: NodeJS.Timeout | undefined;
  private looking: Promise<unknown> = Promise.resolve();
  private stopped = false;
  private readonly batch: number;
  private readonly dueDates: OutdatedDueDates;

  constructor(
    private readonly parts: {
      readonly timers: TimerTable;
      readonly fire: FireTimerHandler;
      readonly projection: ProjectCaseHandler;
      readonly profiles: Profiles;
      readonly clock: Clock;
      readonly log: Logger;
    },
    private readonly options: TimerPollerOptions,
  ) {
    this.batch = options.batch ?? 50;
    this.dueDates = new OutdatedDueDates(parts, this.batch);
  }

  start(): void {
    this.timeout = setTimeout(() => {
      this.looking = this.look()
        .catch((err: unknown) => this.parts.log.error({ event: 'timer.look.failed', err }))
        .finally(() => {
          if (!this.stopped) this.start();
        });
    }, this.options.everyMs ?? 1_000);
    this.timeout.unref();
  }

  /** Waits for the running look. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timeout);
    await this.looking;
  }

  /**
   * One look: a page of outdated due dates of each tenant, and then due timers, batch after batch while they are full. Answers how many
   * timers it took.
   */
  async look(): Promise<number> {
    // First: a timer that fires folds its case's rows by the latest calendar, and then nobody would see that they were outdated.
    await this.dueDates.recompute();
    let taken = 0;
    for (let round = 1; round <= mostBatches && !this.stopped; round += 1) {
      const leased = await this.fireBatch();
      taken += leased;
      if (leased < this.batch) break;
    }
    return taken;
  }

  private async fireBatch(): Promise<number> {
    const { timers, clock } = this.parts;
    const { owner, leaseMs = 30_000 } = this.options;
    const now = clock.now();
    const until = new Date(now.getTime() + leaseMs).toISOString();
    const leased = await timers.lease({ now: now.toISOString(), until, owner, limit: this.batch });
    for (const timer of leased) {
      // A lease that ran out under us is someone else's by now.
      if (this.stopped || clock.now().toISOString() >= until) break;
      await this.fireOne(timer);
    }
    return leased.length;
  }

  private async fireOne(timer: LeasedTimer): Promise<void> {
    const { timers, fire, projection, clock, log } = this.parts;
    const { caseId, kind } = timer;
    let notBefore: string | undefined;
    try {
      notBefore = await fire.fire(caseId, kind);
      await projection.refold(caseId);
    } catch (err) {
      log.error({ event: 'timer.fire.failed', caseId, kind, err });
    }
    await timers.release(timer, notBefore ?? new Date(clock.now().getTime() + pauseMs).toISOString());
  }
}
