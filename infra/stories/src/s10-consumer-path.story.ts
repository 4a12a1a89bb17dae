import assert from 'node:assert/strict';
import { eventually } from '@balagh/testing';
import { addInvoice, inventedCivilNumber, openComplaint } from './consumer-complaint';
import { type Story, inventedPhone } from './story';
import { type Staff, type World } from './world';

const tenant = 'KWT-MOCI';
const law = 'قانون حماية المستهلك، المادة 27';

/** S10 (KWT-07 … KWT-11): the invoice is missing, then summons, confrontation, and prosecution, or a settlement. */
export const consumerPath: Story = {
  id: 'S10',
  title: 'a consumer complaint goes through confrontation to the prosecution, or to a settlement',
  async play(world) {
    const prosecuted = await toConfrontation(world, { invoiceMissingFirst: true });
    await withoutSettlement(world, prosecuted);
    const settled = await toConfrontation(world, { invoiceMissingFirst: false });
    await withSettlement(world, settled);
  },
};

interface Complaint {
  readonly caseId: string;
  readonly caseNumber: string;
  readonly desk: Staff;
  readonly officer: Staff;
}

async function toConfrontation(
  world: World,
  { invoiceMissingFirst }: { invoiceMissingFirst: boolean },
): Promise<Complaint> {
  const agent = await world.staff('moci.agent', tenant);
  const desk = await world.staff('moci.desk', tenant);
  const officer = await world.staff('moci.officer', tenant);
  const complaint = {
    phone: inventedPhone('+96555'),
    civilNumber: inventedCivilNumber(),
    shopAddress: 'شارع المثال ٢٠، قطعة ٥',
    invoiceNumber: `INV-${Math.floor(Math.random() * 1e6)}`,
  };
  const caseId = await openComplaint(agent, complaint, { withInvoice: !invoiceMissingFirst });
  if (invoiceMissingFirst) {
    await agent.refused('FIELDS_MISSING', 'Intake', 'RegisterCase', { caseId });
    await world.messageWith('WHATSAPP', 'لم تسجل الشكوى', 'الفاتورة');
    await addInvoice(agent, caseId);
  }
  const { caseNumber } = await agent.command('Intake', 'RegisterCase', { caseId });
  await desk.queued('SECOND_LINE', caseId);
  await desk.command('Dispatch', 'ReferCase', { caseId });
  await officer.queued('THIRD_LINE', caseId);
  await officer.refused('SUMMONS_REQUIRED', 'Dispatch', 'RecordConfrontation', {
    caseId,
    result: 'NO_SETTLEMENT',
    attended: ['COMPLAINANT'],
  });
  const date = new Date(Date.now() + 10 * 86_400_000).toISOString().slice(0, 10);
  await officer.command('Dispatch', 'IssueSummons', { caseId, date });
  const auditor = await world.staff('moci.auditor', tenant);
  await auditor.toldOf(caseNumber, 'SummonsIssued', 2);
  const summons = await eventually(
    async () => {
      const found = (await world.messages(caseNumber)).filter((m) => m.text.includes(date));
      return found.length >= 2 && found;
    },
    { deadlineMs: 20_000 + world.patienceMs, what: 'two summons' },
  );
  assert.equal(summons.length, 2, 'complainant and respondent are summoned, each once');
  return { caseId, caseNumber, desk, officer };
}

async function withoutSettlement(
  world: World,
  { caseId, caseNumber, desk, officer }: Complaint,
): Promise<void> {
  await officer.refused('CONFRONTATION_REQUIRED', 'Dispatch', 'ReferToProsecution', {
    caseId,
    lawReference: law,
  });
  await officer.command('Dispatch', 'RecordConfrontation', {
    caseId,
    result: 'NO_SETTLEMENT',
    attended: ['COMPLAINANT', 'RESPONDENT'],
  });
  await officer.refused('SETTLEMENT_NOT_REACHED', 'Dispatch', 'RecordSettlement', {
    caseId,
    terms: 'استبدال الجهاز',
    lawReference: law,
  });
  await officer.refused('LAW_REFERENCE_REQUIRED', 'Dispatch', 'ReferToProsecution', { caseId });
  await officer.command('Dispatch', 'ReferToProsecution', { caseId, lawReference: law });
  await world.messageWith('WHATSAPP', caseNumber, 'النيابة');
  await desk.command('Dispatch', 'RecordReporterInformed', { caseId, channel: 'PHONE' });
  const auditor = await world.staff('moci.auditor', tenant);
  // The page closes only when both parties were told (AMB-26).
  await auditor.toldOf(caseNumber, 'CaseReferredToProsecution', 2);
  await desk.command('Dispatch', 'CloseCase', { caseId });
  const trail = await auditor.trailWith(
    caseNumber,
    ...[
      'CaseOpened',
      'RequiredFieldsMissing',
      'AttachmentAdded',
      'CaseRegistered',
      'JurisdictionAssessed',
      'CaseScreened',
      'CaseRouted',
    ],
    ...[
      'CaseSentToSecondLine',
      'CaseReferred',
      'SummonsIssued',
      'ConfrontationHeld',
      'CaseReferredToProsecution',
      'ReporterInformed',
      'CaseClosed',
    ],
  );
  assert.equal(trail.find(({ type }) => type === 'CaseScreened')?.data['result'], 'SERIOUS');
  assert.equal(trail.find(({ type }) => type === 'CaseClosed')?.data['outcome'], 'REFERRED_TO_PROSECUTION');
}

async function withSettlement(world: World, { caseId, caseNumber, desk, officer }: Complaint): Promise<void> {
  await officer.command('Dispatch', 'RecordConfrontation', {
    caseId,
    result: 'SETTLEMENT_REACHED',
    attended: ['COMPLAINANT', 'RESPONDENT'],
  });
  await officer.command('Dispatch', 'RecordSettlement', {
    caseId,
    terms: 'استبدال الجهاز خلال أسبوع',
    lawReference: law,
  });
  await desk.command('Dispatch', 'RecordReporterInformed', { caseId, channel: 'PHONE' });
  const auditor = await world.staff('moci.auditor', tenant);
  await desk.command('Dispatch', 'CloseCase', { caseId });
  const trail = await auditor.trailWith(
    caseNumber,
    'ConfrontationHeld',
    'SettlementRecorded',
    'ReporterInformed',
    'CaseClosed',
  );
  assert.equal(trail.find(({ type }) => type === 'CaseClosed')?.data['outcome'], 'SETTLED');
  assert.ok(
    !trail.some(({ type }) => type === 'CaseReferredToProsecution'),
    'a settled complaint never reaches the prosecution',
  );
}
