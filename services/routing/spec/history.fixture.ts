import { type CaseEvent } from '@balagh/case-events';
import { type Profile, parseProfile } from '@balagh/profile';
import { profileFixture } from '@balagh/testing';

export const caseId = '10000000-0000-4000-8000-000000000001';
export const subjectId = '20000000-0000-4000-8000-000000000001';

export const profileOf = (tenant: string, change: Partial<Profile> = {}): Profile => ({
  ...parseProfile(profileFixture(tenant)),
  ...change,
});

export const opened = (subject = subjectId, channel = 'PHONE_1111'): CaseEvent => ({
  type: 'CaseOpened',
  data: { caseId, channel, subjectId: subject },
});

export type Registered = Extract<CaseEvent, { type: 'CaseRegistered' }>['data'];

export const registered = (change: Partial<Registered> = {}): CaseEvent => ({
  type: 'CaseRegistered',
  data: {
    caseNumber: 'MUS-2026-000001',
    caseType: 'REPORT',
    category: 'CLEANLINESS',
    channel: 'PHONE_1111',
    language: 'ar',
    needFlags: [],
    attachments: 0,
    reachableBy: ['SMS'],
    requiredFields: 'COMPLETE',
    registeredAt: '2026-03-01T06:00:00.000Z',
    clockStart: '2026-03-01T06:00:00.000Z',
    ...change,
  },
});
