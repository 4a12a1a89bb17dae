import { type Clock } from '@balagh/runtime';
import { type Profiles } from '@balagh/profile';
import { type Logger } from 'pino';
import { type FireTimerHandler } from './fire-timer.handler';
import { type ProjectCaseHandler } from './project-case.handler';
import { type LeasedTimer, type TimerTable } from './timer-table.port';

export interface TimerPollerOptions {
  /** Name of this process in leases. */
  readonly owner: string;
  /** Milliseconds between looks. Default 1,000. */
  readonly everyMs?: number;
  /** Timers taken at a look. Default 50. */
  readonly batch?: number;
  /** Milliseconds after which others may fire what this process took. Default 30,000. */
  readonly leaseMs?: number;
}

/** After a fault the same timer is tried again this much later. */
const faultPauseMs = 30_000;

/**
 * Fires due timers, late rather than early. Any number of processes may run one: leases share the work, and the command id
 * makes each effect happen once even when a lease ran out under its holder.
 */
export class TimerPoller {
  private timeout: NodeJS.Timeout | undefined;
  private looking: Promise<unknown> = Promise.resolve();
  private stopped = false;

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
  ) {}

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

  /** One look: at most one batch of due timers and one of outdated calendars. Answers how many timers it took. */
  async look(): Promise<number> {
    await this.recomputeOutdated();
    const { timers, clock } = this.parts;
    const { owner, batch = 50, leaseMs = 30_000 } = this.options;
    const now = clock.now();
    const until = new Date(now.getTime() + leaseMs).toISOString();
    const leased = await timers.lease({ now: now.toISOString(), until, owner, limit: batch });
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
    try {
      const notBefore = await fire.fire(caseId, kind);
      await projection.refold(caseId);
      await timers.release(timer, notBefore);
    } catch (err) {
      log.error({ event: 'timer.fire.failed', caseId, kind, err });
      await timers.release(timer, new Date(clock.now().getTime() + faultPauseMs).toISOString());
    }
  }

  private async recomputeOutdated(): Promise<void> {
    const { timers, fire, projection, profiles, log } = this.parts;
    for (const tenant of await profiles.tenants()) {
      const { version } = await profiles.latest(tenant);
      for (const caseId of await timers.outdated(tenant, version, this.options.batch ?? 50)) {
        try {
          await fire.recompute(caseId);
          await projection.refold(caseId);
        } catch (err) {
          log.error({ event: 'timer.recompute.failed', caseId, err });
        }
      }
    }
  }
}
