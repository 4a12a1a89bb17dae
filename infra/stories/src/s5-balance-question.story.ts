import assert from 'node:assert/strict';
import { type Story, inventedPhone } from './story';

const tenant = 'KWT-PAMA';

/** S5 (KWT-22, KWT-23): a private balance is never told; the asker is directed to the delegates' e-services. */
export const balanceQuestion: Story = {
  id: 'S5',
  title: 'a question about a balance is declined and directed to the e-services',
  async play(world) {
    const agent = await world.staff('pama.agent', tenant);
    const phone = inventedPhone('+96555');
    const { caseId } = await agent.command('Intake', 'OpenCase', {
      channel: 'WHATSAPP',
      contactReference: phone,
    });
    const form = {
      caseType: 'INQUIRY',
      category: 'PRIVATE_INQUIRY',
      subject: 'BALANCE',
      language: 'ar',
      details: 'كم رصيدي؟',
      phone,
    };
    await agent.command('Intake', 'FillForm', { caseId, form });
    const { caseNumber } = await agent.command('Intake', 'RegisterCase', { caseId });

    const message = await world.messageWith('WHATSAPP', 'خدمات المفوضين');
    assert.doesNotMatch(message.text, /د\.ك|KWD|رصيدكم/);
    const auditor = await world.staff('pama.auditor', tenant);
    const trail = await auditor.trailWith(
      caseNumber,
      'CaseOpened',
      'CaseRegistered',
      'PersonalInquiryDeclined',
      'CaseClosed',
    );
    assert.equal(trail.find(({ type }) => type === 'CaseClosed')?.data['outcome'], 'DECLINED_PERSONAL');
    assert.ok(
      !trail.some(({ type }) => type === 'CaseRouted' || type === 'CaseSentToSecondLine'),
      'a declined case is not routed',
    );
    await auditor.trailWith(caseNumber, 'PersonalInquiryDeclined', 'NotificationSent');
  },
};
