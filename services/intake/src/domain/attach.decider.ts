import { type CaseEvent } from '@balagh/case-events';
import { accept, reject } from '@balagh/decider';
import { type Profile } from '@balagh/profile';
import { capability, notOpen } from './intake-case';

export type Evidence = Extract<CaseEvent, { type: 'AttachmentAdded' }>['data'];
export type EvidenceKind = Evidence['kind'];

export interface AddAttachment {
  readonly evidence: Evidence;
  readonly profile: Profile;
  /** How many more come with it, of which none is wanted without the others. Default 0. */
  readonly following?: number;
}

/** Joins stored evidence to a case that has not ended (MUS-04, KWT-11). */
export const attachDecider = capability<AddAttachment>(({ evidence, profile, following = 0 }, state) => {
  if (state.attachments.some((a) => a.id === evidence.attachmentId)) return accept();
  if (state.phase !== 'open' && state.phase !== 'registered') return notOpen(state);
  const { maxPerCase } = profile.attachments;
  if (state.attachments.length + following >= maxPerCase)
    return reject('ATTACHMENTS_TOO_MANY', 'invalid', { maxPerCase });
  return accept({ type: 'AttachmentAdded', data: evidence });
});
