import assert from 'node:assert/strict';
import { addInvoice, inventedCivilNumber, openComplaint } from './consumer-complaint';
import { type Story, inventedPhone } from './story';

const tenant = 'KWT-MOCI';

/** S6 (KWT-12, AMB-06): repeating a complaint cancels the repeat; the original goes on. */
export const duplicate: Story = {
  id: 'S6',
  title: 'a repeated complaint is cancelled and the original goes on',
  async play(world) {
    const agent = await world.staff('moci.agent', tenant);
    const complaint = {
      phone: inventedPhone('+96555'),
      civilNumber: inventedCivilNumber(),
      shopAddress: 'شارع المثال ١٢، قطعة ٣',
      invoiceNumber: `INV-${Math.floor(Math.random() * 1e6)}`,
    };
    const original = await openComplaint(agent, complaint);
    const { caseNumber: originalNumber } = await agent.command('Intake', 'RegisterCase', {
      caseId: original,
    });
    const repeat = await openComplaint(agent, complaint, { withInvoice: false });
    await addInvoice(agent, repeat);
    const { caseNumber: repeatNumber } = await agent.command('Intake', 'RegisterCase', { caseId: repeat });
    assert.notEqual(repeatNumber, originalNumber);

    const auditor = await world.staff('moci.auditor', tenant);
    const trail = await auditor.trailWith(
      repeatNumber,
      'CaseRegistered',
      'DuplicateDetected',
      'CaseCancelledAsDuplicate',
      'CaseClosed',
    );
    assert.equal(
      trail.find(({ type }) => type === 'DuplicateDetected')?.data['originalNumber'],
      originalNumber,
    );
    assert.equal(trail.find(({ type }) => type === 'CaseClosed')?.data['outcome'], 'CANCELLED_DUPLICATE');
    assert.ok(!trail.some(({ type }) => type === 'CaseRouted'), 'a cancelled case is not routed');
    await world.messageWith('WHATSAPP', originalNumber, 'مسجلة سابقاً');

    const first = await auditor.trailWith(originalNumber, 'CaseRegistered', 'DuplicateLinked');
    assert.equal(first.find(({ type }) => type === 'DuplicateLinked')?.data['repeatNumber'], repeatNumber);
    const desk = await world.staff('moci.desk', tenant);
    await desk.queued('SECOND_LINE', original);
  },
};
