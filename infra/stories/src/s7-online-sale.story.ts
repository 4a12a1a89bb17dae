import assert from 'node:assert/strict';
import { type Story, inventedPhone } from './story';

const tenant = 'KWT-MOCI';

/** S7 (KWT-06, AMB-23): a sale on social media belongs to another body; required fields are waived. */
export const onlineSale: Story = {
  id: 'S7',
  title: 'a complaint about an online sale is redirected to the right body',
  async play(world) {
    const agent = await world.staff('moci.agent', tenant);
    const phone = inventedPhone('+96555');
    const { caseId } = await agent.command('Intake', 'OpenCase', {
      channel: 'WHATSAPP',
      contactReference: phone,
    });
    const details = 'اشتريت من حساب إنستغرام ولم تصل البضاعة';
    const form = {
      caseType: 'COMPLAINT',
      category: 'CONSUMER_COMPLAINT',
      saleChannel: 'ONLINE',
      language: 'ar',
      details,
      phone,
    };
    await agent.command('Intake', 'FillForm', { caseId, form });
    const { caseNumber } = await agent.command('Intake', 'RegisterCase', { caseId });

    const auditor = await world.staff('moci.auditor', tenant);
    const trail = await auditor.trailWith(
      caseNumber,
      'CaseOpened',
      'CaseRegistered',
      'JurisdictionAssessed',
      'CaseRedirectedOutOfJurisdiction',
      'CaseClosed',
    );
    const data = (type: string): Readonly<Record<string, unknown>> =>
      trail.find((entry) => entry.type === type)?.data ?? {};
    assert.equal(data('CaseRegistered')['requiredFields'], 'WAIVED_OUT_OF_JURISDICTION');
    assert.deepEqual(
      [data('JurisdictionAssessed')['result'], data('JurisdictionAssessed')['ruleId']],
      ['OUT', 'ONLINE_SALE'],
    );
    assert.equal(data('CaseRedirectedOutOfJurisdiction')['body'], 'MOI_CYBERCRIME');
    assert.equal(data('CaseClosed')['outcome'], 'REDIRECTED');
    assert.ok(
      !trail.some(({ type }) => type === 'CaseScreened'),
      'it is not counted among the serious complaints',
    );
    await auditor.trailWith(caseNumber, 'CaseRedirectedOutOfJurisdiction', 'NotificationSent');
    await world.messageWith('WHATSAPP', 'وزارة الداخلية');
  },
};
