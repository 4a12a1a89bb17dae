import { type IntakeForm } from '@balagh/case-events';
import { type Privacy, normalisePhone } from '@balagh/privacy';
import { type Profile } from '@balagh/profile';
import { type PersonalField, type Prepared } from './plain-form';

/** Seals the personal answers under the subject's key, which must have been minted. */
export async function sealedForm(
  privacy: Privacy,
  subjectId: string,
  prepared: Extract<Prepared, { kind: 'prepared' }>,
): Promise<IntakeForm> {
  const sealed = await privacy.sealAll<PersonalField>(subjectId, prepared.personal);
  return { ...prepared.open, ...sealed, filled: [...prepared.filled] };
}

/** Blind index of a reporter's phone for status look-ups; undefined when it is no phone number. */
export async function phoneIndex(
  privacy: Privacy,
  tenant: string,
  profile: Profile,
  phone: string | undefined,
): Promise<string | undefined> {
  const normal = phone === undefined ? undefined : normalisePhone(phone, profile.phoneRegion);
  return normal === undefined ? undefined : privacy.blindIndex(tenant, 'phone', normal);
}
