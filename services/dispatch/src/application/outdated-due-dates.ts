import { type Profiles } from '@balagh/profile';
import { type Clock } from '@balagh/runtime';
import { type Logger } from 'pino';
import { type FireTimerHandler } from './fire-timer.handler';
import { type ProjectCaseHandler } from './project-case.handler';
import { type TimerTable } from './timer-table.port';

/** How far a tenant's cases were brought up to its calendar. */
interface Pass {
  readonly calendarVersion: number;
  /** The last case that was looked at; absent: none yet. */
  readonly after?: string;
  /** RFC 3339; the next pass may begin then. */
  readonly notBefore?: string;
}

/** What a pass left behind, because a case cannot be folded, is tried again this much later. */
const pauseMs = 30_000;

/** Brings due times of all cases up to the latest calendar, in passes over the outdated ones (design §3.13). */
export class OutdatedDueDates {
  private readonly passes = new Map<string, Pass>();

  constructor(
    private readonly parts: {
      readonly timers: Pick<TimerTable, 'outdated'>;
      readonly fire: Pick<FireTimerHandler, 'recompute'>;
      readonly projection: Pick<ProjectCaseHandler, 'refold'>;
      readonly profiles: Profiles;
      readonly clock: Clock;
      readonly log: Logger;
    },
    /** Cases of a tenant that are looked at together. */
    private readonly page: number,
  ) {}

  /** One page of each tenant's outdated cases. What is at fault is logged and holds nothing else up: never throws. */
  async recompute(): Promise<void> {
    const { profiles } = this.parts;
    await this.orLog({}, async () => {
      for (const tenant of await profiles.tenants())
        await this.orLog({ tenant }, () => this.recomputeOf(tenant));
    });
  }

  private async recomputeOf(tenant: string): Promise<void> {
    const { timers, profiles, clock } = this.parts;
    const { version: calendarVersion } = await profiles.latest(tenant);
    const known = this.passes.get(tenant);
    const pass: Pass = known?.calendarVersion === calendarVersion ? known : { calendarVersion };
    const now = clock.now();
    if (pass.notBefore !== undefined && now.toISOString() < pass.notBefore) return;
    const limit = this.page;
    const cases = await timers.outdated({ tenant, calendarVersion, after: pass.after, limit });
    for (const caseId of cases) await this.orLog({ caseId }, () => this.recomputeCase(caseId));
    const after = cases.length < limit ? undefined : cases.at(-1);
    const notBefore = new Date(now.getTime() + pauseMs).toISOString();
    this.passes.set(tenant, { calendarVersion, ...(after === undefined ? { notBefore } : { after }) });
  }

  private async recomputeCase(caseId: string): Promise<void> {
    const { fire, projection } = this.parts;
    await fire.recompute(caseId);
    await projection.refold(caseId);
  }

  private async orLog(of: object, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (err) {
      this.parts.log.error({ event: 'timer.recompute.failed', ...of, err });
    }
  }
}
