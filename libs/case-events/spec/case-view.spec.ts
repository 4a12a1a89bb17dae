import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type CaseEvent,
  type CaseEventType,
  type RawEvent,
  type Stage,
  caseEventDefinitions,
  decodeEvent,
  foldCase,
  mergeForm,
} from '../src';

const event = (type: CaseEventType): CaseEvent =>
  decodeEvent(JSON.parse(readFileSync(join(__dirname, '../golden', `${type}.v1.json`), 'utf8')) as RawEvent);
const after = (...types: CaseEventType[]) => foldCase(types.map(event));

/** Every event that moves the case, and where it then stands. All others leave it where it is. */
const stages: Readonly<Partial<Record<CaseEventType, Stage>>> = {
  CaseRegistered: 'REGISTERED',
  InquiryAnswered: 'ANSWERED',
  PersonalInquiryDeclined: 'DECLINED_PERSONAL',
  CaseCancelledAsDuplicate: 'CANCELLED_DUPLICATE',
  CaseRedirectedOutOfJurisdiction: 'REDIRECTED_OUT_OF_JURISDICTION',
  CaseSentToSecondLine: 'WITH_SECOND_LINE',
  CaseReferred: 'WITH_THIRD_LINE',
  CaseTransferred: 'TRANSFERRED_EXTERNALLY',
  CaseReturnedAsMisrouted: 'WITH_SECOND_LINE',
  SummonsIssued: 'CONFRONTATION',
  SettlementRecorded: 'SETTLED',
  CaseReferredToProsecution: 'WITH_PROSECUTION',
  ResolutionReturned: 'REPLY_RETURNED',
  ReporterInformed: 'REPORTER_INFORMED',
  CaseClosed: 'CLOSED',
  CaseReopened: 'WITH_SECOND_LINE',
};
const types = Object.keys(caseEventDefinitions) as CaseEventType[];

describe('the stage of a case', () => {
  it.each(types)('after %s', (type) => {
    expect(after('CaseOpened', type).stage).toBe(stages[type] ?? 'OPEN_PAGE');
    expect(after('CaseOpened', 'CaseRegistered', 'CaseTransferred', type).stage).toBe(
      stages[type] ?? 'TRANSFERRED_EXTERNALLY',
    );
  });
});

describe('the fold of a whole case', () => {
  it('tells the way of a transferred note', () => {
    const view = after(
      'CaseOpened',
      'FormFilled',
      'AttachmentAdded',
      'CaseRegistered',
      'CaseClassified',
      'PriorityAssessed',
      'CaseRouted',
      'NotificationRequested',
      'NotificationSent',
      'CaseSentToSecondLine',
      'CaseTransferred',
      'Acknowledged',
      'ActionAdded',
      'ReminderIssued',
      'ResolutionReturned',
      'ReporterInformed',
      'CaseClosed',
    );
    expect(view).toMatchObject({
      stage: 'CLOSED',
      phase: 'terminal',
      outcome: 'RESOLVED',
      caseNumber: 'MUS-2026-000001',
      category: 'WATER_LEAK',
      priority: 'HIGH',
      owner: { kind: 'AGENCY', code: 'HAYA_WATER' },
      agency: 'HAYA_WATER',
      queue: 'LINE2_MAIN',
      attachments: 1,
      actions: { total: 1, done: 0 },
      reminders: 1,
      messages: { requested: 1, sent: 1, failed: 0 },
      version: 17,
      decisionVersion: 14,
    });
  });

  it('counts reminders anew for a new owner', () => {
    expect(after('CaseOpened', 'CaseReferred', 'ReminderIssued', 'CaseTransferred').reminders).toBe(0);
  });

  it('is the same whether folded at once or continued', () => {
    const all = types.map(event);
    for (let cut = 0; cut <= all.length; cut += 1) expect(foldCase(all.slice(0, cut)).version).toBe(cut);
    expect(foldCase(all)).toEqual(foldCase(structuredClone(all)));
  });
});

describe('the form', () => {
  it('holds the latest answers, and none that was taken back (MUS-09)', () => {
    const first = mergeForm(
      { filled: [] },
      { form: { caseType: 'NOTE', section: 'SEC-X', filled: ['caseType', 'section'] } },
    );
    const corrected = {
      form: { caseType: 'COMPLAINT' as const, filled: ['caseType'] },
      cleared: ['section' as const],
    };
    expect(mergeForm(first, corrected)).toEqual({ caseType: 'COMPLAINT', filled: ['caseType'] });
  });
});

describe('the lifecycle', () => {
  it.each([
    [['CaseOpened'], 'open'],
    [['CaseOpened', 'CaseRegistered'], 'registered'],
    [['CaseOpened', 'CaseRegistered', 'CaseCancelledAsDuplicate'], 'terminal'],
    [['CaseOpened', 'CaseRegistered', 'CaseClosed', 'CaseReopened'], 'registered'],
    [['CaseOpened', 'CaseRegistered', 'CaseClosed', 'NotificationSent'], 'terminal'],
  ] as const)('%j stands %s', (history, phase) => {
    expect(after(...history).phase).toBe(phase);
  });

  it('does not advance the decision version for deliveries and reminders', () => {
    const quiet = types.filter((type) => !caseEventDefinitions[type].advances);
    expect([...quiet].sort()).toEqual([
      'CaseEscalated',
      'DueDateRecomputed',
      'DuplicateLinked',
      'NotificationFailed',
      'NotificationRequested',
      'NotificationSent',
      'ReminderIssued',
      'SlaBreached',
    ]);
    expect(after('CaseOpened', ...quiet).decisionVersion).toBe(1);
  });
});
