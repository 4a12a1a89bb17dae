import { type CaseOpening } from '@balagh/runtime';
import { type Profiles, type WorkingTime, workingTime } from '@balagh/profile';
import { type Rules } from '../domain/rules';

/** Rules as pinned when the case was opened, with the switches and the calendar of today (design §3.8, §3.13). */
export interface RulesInForce extends Rules {
  /** Agencies as they are now: an administrator's switch takes effect at once (MUS-37). */
  readonly agencies: Rules['profile']['agencies'];
}

interface Calendar {
  readonly version: number;
  readonly time: WorkingTime;
}

export class RulesReader {
  /** One calendar per tenant: the latest. */
  private readonly calendars = new Map<string, Calendar>();

  constructor(private readonly profiles: Profiles) {}

  /** @throws ProfileUnknown (retriable) */
  async of({
    tenant,
    profileVersion,
  }: Pick<CaseOpening, 'tenant' | 'profileVersion'>): Promise<RulesInForce> {
    const { profile } = await this.profiles.at(tenant, profileVersion);
    const latest = await this.profiles.latest(tenant);
    const { calendar, timeZone, agencies } = latest.profile;
    const known = this.calendars.get(tenant);
    const current =
      known?.version === latest.version
        ? known
        : { version: latest.version, time: workingTime(calendar, timeZone) };
    this.calendars.set(tenant, current);
    return { profile, agencies, time: current.time, calendarVersion: current.version };
  }
}
