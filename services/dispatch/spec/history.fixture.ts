import { type Line, type Owner } from '@balagh/case-events';
import { type Profile, parseProfile, workingTime } from '@balagh/profile';
import { profileFixture } from '@balagh/testing';
import { type DispatchInput } from '../src/domain/dispatch-case';
import { type Rules } from '../src/domain/rules';

export const caseId = '10000000-0000-4000-8000-000000000001';
export const subjectId = '20000000-0000-4000-8000-000000000001';
/** Ids of commands, told apart by their last digits. */
export const id = (n: number): string => `30000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
export const sealed = (what: string): string =>
  `sealed:v1:${subjectId}:${Buffer.from(what).toString('base64url')}`;

export const profileOf = (tenant: string, change: Partial<Profile> = {}): Profile => ({
  ...parseProfile(profileFixture(tenant)),
  ...change,
});

export function rulesOf(tenant: string, change: Partial<Profile> = {}): Rules {
  const profile = profileOf(tenant, change);
  return { profile, time: workingTime(profile.calendar, profile.timeZone), calendarVersion: 1 };
}

/** Stamps an event as the store would. */
export function at(recordedAt: string, event: DispatchInput, line: Line = 'system'): DispatchInput {
  const actor = { kind: 'staff', id: `account-line-${line}`, organisation: 'MUS' } as const;
  return { ...event, metadata: { recordedAt, actor, line } };
}

export const SEC_CLEANING: Owner = { kind: 'DIRECTORATE', code: 'DIR-SERVICES', section: 'SEC-CLEANING' };
export const HAYA: Owner = { kind: 'AGENCY', code: 'HAYA_WATER' };

export const opened: DispatchInput = {
  type: 'CaseOpened',
  data: { caseId, channel: 'PHONE_1111', subjectId },
};

type Registered = Extract<DispatchInput, { type: 'CaseRegistered' }>['data'];
/** Sunday 1 March 2026, 10:00 in Muscat. */
export const registered = (change: Partial<Registered> = {}): DispatchInput => ({
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

export const routed = (owner: Owner = SEC_CLEANING): DispatchInput => ({
  type: 'CaseRouted',
  data: { owner, secondLineQueue: 'DISTRIBUTOR', ruleId: 'RULE', inputs: {} },
});

export const sentToSecondLine = (owner: Owner = SEC_CLEANING): DispatchInput => ({
  type: 'CaseSentToSecondLine',
  data: { queue: 'DISTRIBUTOR', proposedOwner: owner },
});

export const referred = (owner: Owner = SEC_CLEANING, referralId = id(900)): DispatchInput => ({
  type: 'CaseReferred',
  data: { referralId, owner, referralDate: '2026-03-01', dueAt: '2026-03-04T19:59:59.999Z' },
});

export const transferred = (agency = 'HAYA_WATER', transferId = id(901)): DispatchInput => ({
  type: 'CaseTransferred',
  data: {
    transferId,
    agency,
    agencyAr: 'جهة',
    agencyEn: 'Agency',
    mode: 'TRANSFER',
    transports: ['SMS', 'EMAIL', 'GRPC'],
    dueAt: '2026-03-04T19:59:59.999Z',
  },
});

export const returned = (result: 'SOLVED' | 'NOT_CONFIRMED' | 'REJECTED' = 'SOLVED'): DispatchInput => ({
  type: 'ResolutionReturned',
  data: { resolutionId: id(902), source: 'INTERNAL', resolution: sealed('تمت الصيانة'), result },
});

export const inQueue = (owner: Owner = SEC_CLEANING, change: Partial<Registered> = {}): DispatchInput[] => [
  opened,
  registered(change),
  routed(owner),
  sentToSecondLine(owner),
];
export const withOwner = (owner: Owner = SEC_CLEANING, change: Partial<Registered> = {}): DispatchInput[] => [
  ...inQueue(owner, change),
  owner.kind === 'AGENCY' ? transferred(owner.code) : referred(owner),
];
export const answered = (result: 'SOLVED' | 'NOT_CONFIRMED' | 'REJECTED' = 'SOLVED'): DispatchInput[] => [
  ...withOwner(),
  returned(result),
];
export const informed: DispatchInput = {
  type: 'ReporterInformed',
  data: { channel: 'PHONE', outcome: 'REACHED' },
};
export const closed = (closedAt = '2026-03-05T06:00:00.000Z'): DispatchInput => ({
  type: 'CaseClosed',
  data: { outcome: 'RESOLVED', closedAt },
});
