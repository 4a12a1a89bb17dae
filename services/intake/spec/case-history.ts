import { type CaseEvent, type IntakeForm } from '@balagh/case-events';

export const caseId = '11111111-1111-5111-8111-111111111111';
export const otherCaseId = '22222222-2222-5222-8222-222222222222';
export const subjectId = '33333333-3333-5333-8333-333333333333';
export const attachmentId = '44444444-4444-5444-8444-444444444444';
/** Not a real cipher: deciders never open anything. */
export const sealed = `sealed:v1:${subjectId}:AAAA`;

export function opened(channel: string): CaseEvent {
  return { type: 'CaseOpened', data: { caseId, channel, subjectId } };
}

export function filled(form: Omit<IntakeForm, 'filled'>): CaseEvent {
  return { type: 'FormFilled', data: { form: { ...form, filled: Object.keys(form) } } };
}

export function attached(kind: 'PHOTO' | 'INVOICE' = 'PHOTO', id = attachmentId): CaseEvent {
  return {
    type: 'AttachmentAdded',
    data: { attachmentId: id, kind, mediaType: 'image/jpeg', sizeBytes: 631, sha256: 'a'.repeat(64) },
  };
}

export function closed(): CaseEvent {
  return { type: 'CaseClosed', data: { outcome: 'RESOLVED', closedAt: '2026-02-01T06:00:00.000Z' } };
}
