import { type CaseEvent, type IntakeForm, caseStream } from '@balagh/case-events';
import { SubjectErased, normaliseText } from '@balagh/privacy';
import { type Profile } from '@balagh/profile';
import { foldIntakeCase } from '../domain/intake-case';
import { type Original } from '../domain/registration';
import { type Desk } from './case-desk';
import { type DuplicateKeys } from './duplicate-keys.port';
import { personalFields } from './plain-form';

/**
 * How long a registration may be under way before its claim on a key counts as abandoned, in milliseconds: longer than an append is sent again
 * (`Patience.withinMs`, 30 s, and the last call's own time), for it may still succeed.
 */
const abandonedAfterMs = 60_000;
const waitMs = 100;
const waits = 30;

/** A claim that is neither registered nor abandoned after waiting: try again later. */
export class RegistrationInProgress extends Error {
  readonly code = 'REGISTRATION_IN_PROGRESS';
  readonly retriable = true;
}

/** Finds the open case that another one repeats, by equal keys (KWT-12, AMB-06). */
export class Repeats {
  constructor(
    private readonly desk: Pick<Desk, 'streams' | 'privacy'>,
    private readonly keys: DuplicateKeys,
    private readonly pause: (ms: number) => Promise<void> = (ms) =>
      new Promise((resolve) => setTimeout(resolve, ms)),
  ) {}

  /**
   * The original of this case, or undefined; then the case holds the key and later repeats will find it.
   * A holder that has ended, abandoned its registration, or was registered with other answers gives the key up. Retry-safe.
   * @throws RegistrationInProgress when another registration of the same key does not finish in time
   */
  async originalOf(
    tenant: string,
    caseId: string,
    profile: Profile,
    form: IntakeForm,
  ): Promise<Original | undefined> {
    const key = await this.keyOf(tenant, profile, form);
    if (key === undefined) return undefined;
    for (let wait = 0; wait < waits; wait += 1) {
      const holder = await this.keys.claim(tenant, key, caseId);
      if (holder.caseId === caseId) return undefined;
      const { events } = await this.desk.streams.load<CaseEvent>(caseStream(holder.caseId));
      const { registration, phase, form: answers } = foldIntakeCase(events);
      const isRegistered = registration !== undefined && phase === 'registered';
      if (isRegistered && (await this.isKeyOf(answers, key, tenant, profile))) {
        return { caseId: holder.caseId, caseNumber: registration.caseNumber, basis: profile.duplicates.keys };
      }
      const free = isRegistered || phase === 'terminal' || holder.heldForMs > abandonedAfterMs;
      if (free && (await this.keys.takeOver(tenant, key, holder.caseId, caseId))) return undefined;
      if (!free) await this.pause(waitMs);
    }
    throw new RegistrationInProgress('another registration of the same complaint is under way');
  }

  /** A key may have been claimed for answers that were changed before the registration. An erased holder keeps it: nobody can tell any more. */
  private async isKeyOf(form: IntakeForm, key: string, tenant: string, profile: Profile): Promise<boolean> {
    try {
      return (await this.keyOf(tenant, profile, form)) === key;
    } catch (error) {
      if (error instanceof SubjectErased) return true;
      throw error;
    }
  }

  /** Blind index over all key fields; undefined when the profile compares nothing or a field is not answered. */
  private async keyOf(tenant: string, profile: Profile, form: IntakeForm): Promise<string | undefined> {
    const { keys } = profile.duplicates;
    if (keys.length === 0) return undefined;
    const values: string[] = [];
    for (const field of keys) {
      const answer: unknown = form[field as keyof IntakeForm];
      if (typeof answer !== 'string' || !form.filled.includes(field)) return undefined;
      const isSealed = (personalFields as readonly string[]).includes(field);
      values.push(normaliseText(isSealed ? await this.desk.privacy.open(answer) : answer));
    }
    return this.desk.privacy.blindIndex(tenant, 'duplicate', JSON.stringify([keys, values]));
  }
}
