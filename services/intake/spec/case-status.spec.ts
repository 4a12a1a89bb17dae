import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  type CaseEvent,
  type EventMetadata,
  type StoredEvent,
  caseEventDefinitions,
  evolveCaseView,
  initialCaseView,
} from '@balagh/case-events';
import { RevisionNotReached } from '@balagh/event-store';
import { stageEvents, statusOf } from '../src/application/case-status.projection';
import { caseId } from './case-history';
import { IntakeUnderTest, mustAccept } from './intake-under-test';
import { profileOf } from './profile-under-test';

const golden = join(__dirname, '../../../libs/case-events/golden');

/** Every event of a case as it was stored in some version. */
function storedExamples(): CaseEvent[] {
  return readdirSync(golden)
    .map((file) => file.split('.')[0] ?? '')
    .filter((type) => type in caseEventDefinitions)
    .map((type) => {
      const { data } = JSON.parse(readFileSync(join(golden, `${type}.v1.json`), 'utf8')) as { data: unknown };
      return { type, data: typeof data === 'string' ? (JSON.parse(data) as unknown) : data } as CaseEvent;
    });
}

describe('the status of a registered case', () => {
  it('is looked at after every event that can move it', () => {
    const examples = storedExamples();
    expect(examples.length).toBeGreaterThan(40);
    const elsewhere = { ...initialCaseView, stage: 'ANSWERED', phase: 'registered' } as const;
    const other = { ...elsewhere, stage: 'WITH_SECOND_LINE' } as const;
    const moving = examples.filter((e) =>
      [elsewhere, other].some((view) => evolveCaseView(view, e).stage !== view.stage),
    );
    expect(moving.map((e) => e.type).filter((type) => !stageEvents.includes(type))).toEqual([]);
  });

  it('is as of the last event that moved it', () => {
    const metadata = { tenant: 'MUS', recordedAt: '2026-01-04T06:00:00.000Z' } as EventMetadata;
    const at = (day: string): EventMetadata => ({ ...metadata, recordedAt: `2026-01-${day}T06:00:00.000Z` });
    const stored = (event: CaseEvent, revision: number, day: string): StoredEvent =>
      ({
        ...event,
        id: String(revision),
        stream: `case-${caseId}`,
        revision,
        metadata: at(day),
      }) as StoredEvent;
    const registered = { caseNumber: 'MUS-2026-000001', registeredAt: '2026-01-04T06:00:00.000Z' } as never;
    const history = [
      stored({ type: 'CaseOpened', data: { caseId, channel: 'PHONE_1111', subjectId: caseId } }, 0, '04'),
      stored({ type: 'CaseRegistered', data: registered }, 1, '04'),
      stored(
        { type: 'CaseClosed', data: { outcome: 'RESOLVED', closedAt: '2026-01-09T06:00:00.000Z' } },
        2,
        '09',
      ),
      stored({ type: 'ReminderIssued', data: {} as never }, 3, '10'),
    ];
    expect(statusOf(caseId, history.slice(0, 1))).toBeUndefined();
    expect(statusOf(caseId, history)).toEqual({
      tenant: 'MUS',
      caseId,
      caseNumber: 'MUS-2026-000001',
      stage: 'CLOSED',
      registeredAt: '2026-01-04T06:00:00.000Z',
      updatedAt: '2026-01-09T06:00:00.000Z',
      version: 3,
    });
  });

  it('waits for a revision that the store does not show yet', async () => {
    const desk = new IntakeUnderTest('QAT-MME', [profileOf('QAT-MME')]);
    const registered = await desk.opened('PHONE', { caseType: 'INQUIRY', category: 'SERVICE_INQUIRY' });
    mustAccept(await desk.register(registered));
    await expect(desk.intake.statuses.refresh(registered, 3)).rejects.toThrow(RevisionNotReached);
    await desk.intake.statuses.refresh(registered, 2);
    expect(desk.outbound.statuses.rows.get(registered)?.stage).toBe('REGISTERED');
  });
});

it('a late repetition of an old answer does not bring back an old phone', async () => {
  const desk = new IntakeUnderTest('MUS', [profileOf('MUS')]);
  const page = await desk.opened('PHONE_1111');
  const first = desk.context();
  const form = (phone: string) => ({ caseId: page, form: { open: {}, personal: { phone } } });
  await desk.intake.fill.handle(first, form('+968 9000 0001'));
  await desk.intake.fill.handle(desk.context(), form('+968 9000 0002'));
  const newer = desk.outbound.contacts.rows.get(page)?.phoneIndex;
  await desk.intake.fill.handle(first, form('+968 9000 0001'));
  expect(desk.outbound.contacts.rows.get(page)?.phoneIndex).toBe(newer);
  expect(newer).toBe(await desk.platform.privacy.blindIndex('MUS', 'phone', '+96890000002'));
});

describe('a case whose writer ended before its phone was put down', () => {
  const phone = '+974 3300 0001';

  async function registered(desk: IntakeUnderTest): Promise<string> {
    const remember = jest.spyOn(desk.outbound.contacts, 'remember').mockRejectedValue(new Error('killed'));
    const inquiry = { caseType: 'INQUIRY', category: 'SERVICE_INQUIRY' } as const;
    const caseId = await desk.opened('PHONE', inquiry);
    await expect(desk.fill(caseId, { phone })).rejects.toThrow('killed');
    remember.mockRestore();
    mustAccept(await desk.register(caseId));
    return caseId;
  }

  it('is found after the status consumer has come by, which asks for the phone once', async () => {
    const desk = new IntakeUnderTest('QAT-MME', [profileOf('QAT-MME')]);
    const caseId = await registered(desk);
    const remember = jest.spyOn(desk.outbound.contacts, 'remember');
    await desk.intake.statuses.refresh(caseId, 3);
    expect(await desk.intake.status.handle('QAT-MME', 'QAT-2026-000001', phone)).toMatchObject({
      stage: 'REGISTERED',
    });
    await desk.intake.statuses.refresh(caseId, 3);
    expect(remember).toHaveBeenCalledTimes(1);
  });

  it('keeps no phone of an erased subject', async () => {
    const desk = new IntakeUnderTest('QAT-MME', [profileOf('QAT-MME')]);
    const caseId = await registered(desk);
    await desk.intake.statuses.refresh(caseId, 3);
    const [first] = await desk.events(caseId);
    await desk.platform.privacy.erase(first?.type === 'CaseOpened' ? first.data.subjectId : '');
    await desk.replica().intake.statuses.refresh(caseId, 3);
    expect(desk.outbound.contacts.rows.size).toBe(0);
  });
});

it('a phone that its writer has put down costs the status consumer nothing', async () => {
  const desk = new IntakeUnderTest('QAT-MME', [profileOf('QAT-MME')]);
  const inquiry = { caseType: 'INQUIRY', category: 'SERVICE_INQUIRY', phone: '+974 3300 0001' } as const;
  const caseId = await desk.opened('PHONE', inquiry);
  mustAccept(await desk.register(caseId));
  const remember = jest.spyOn(desk.outbound.contacts, 'remember');
  await desk.intake.statuses.refresh(caseId, 2);
  expect(remember).not.toHaveBeenCalled();
});
