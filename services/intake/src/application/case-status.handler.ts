import { type Stage } from '@balagh/case-events';
import { type Privacy, normaliseDigits } from '@balagh/privacy';
import { type Names, type Profiles } from '@balagh/profile';
import { type CaseStatuses } from './case-statuses.port';
import { phoneIndex } from './sealed-form';

export interface ReportedStatus {
  readonly caseNumber: string;
  readonly stage: Stage;
  /** The organisation's words for the stage. */
  readonly status: Names;
  readonly registeredAt: string;
  readonly updatedAt: string;
}

/** Tells a reporter where the case stands; number and phone together are the proof (MUS-02). */
export class CaseStatusHandler {
  constructor(
    private readonly profiles: Profiles,
    private readonly privacy: Privacy,
    private readonly statuses: CaseStatuses,
  ) {}

  /** Undefined whether the number or the phone is wrong, after the same work. */
  async handle(tenant: string, caseNumber: string, phone: string): Promise<ReportedStatus | undefined> {
    const { profile } = await this.profiles.latest(tenant);
    const index =
      (await phoneIndex(this.privacy, tenant, profile, phone)) ??
      (await this.privacy.blindIndex(tenant, 'phone', ''));
    const found = await this.statuses.find(tenant, normaliseDigits(caseNumber).trim().toUpperCase(), index);
    if (found === undefined) return undefined;
    const { stage, registeredAt, updatedAt } = found;
    const status = profile.statusTexts[stage] ?? { ar: stage, en: stage };
    return { caseNumber: found.caseNumber, stage, status, registeredAt, updatedAt };
  }
}
