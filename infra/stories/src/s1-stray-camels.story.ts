import assert from 'node:assert/strict';
import { type Story, inventedPhone } from './story';

const tenant = 'QAT-MME';

/** S1 (QAT-05, QAT-06): camels near the road; verified by a team before legal action. */
export const strayCamels: Story = {
  id: 'S1',
  title: 'stray camels are verified in the field before legal action',
  async play(world) {
    const agent = await world.staff('qat.agent', tenant);
    const desk = await world.staff('qat.desk', tenant);
    const sector = await world.staff('qat.env', tenant);

    const phone = inventedPhone('+97455');
    const { caseId } = await agent.command('Intake', 'OpenCase', {
      channel: 'PHONE',
      contactReference: phone,
    });
    const form = {
      caseType: 'VIOLATION_REPORT',
      category: 'STRAY_CAMELS',
      language: 'ar',
      details: 'شوهدت جمال سائبة ترعى قرب الطريق',
      location: { latitude: 25.3548, longitude: 51.1839 },
      phone,
    };
    await agent.command('Intake', 'FillForm', { caseId, form });
    const { caseNumber } = await agent.command('Intake', 'RegisterCase', { caseId });
    assert.match(caseNumber, /^QAT-\d{4}-\d{6}$/);

    const entry = await desk.queued('SECOND_LINE', caseId);
    assert.equal(entry.owner?.code, 'ENV_SECTOR');
    await agent.refused('ACTION_NOT_PERMITTED', 'Dispatch', 'ReferCase', { caseId });
    await desk.command('Dispatch', 'ReferCase', { caseId });

    await sector.queued('THIRD_LINE', caseId);
    await sector.command('Dispatch', 'Acknowledge', { caseId });
    await sector.command('Dispatch', 'SendFieldTeam', { caseId, teamId: 'TEAM-ENV-1' });
    await sector.refused('VERIFICATION_REQUIRED', 'Dispatch', 'RecordLegalAction', { caseId });
    await sector.command('Dispatch', 'RecordVerification', {
      caseId,
      teamId: 'TEAM-ENV-1',
      result: 'CONFIRMED',
      findings: 'خمسة جمال دون راع',
    });
    await sector.command('Dispatch', 'RecordLegalAction', { caseId });
    await sector.refused('ACTION_NOT_PERMITTED', 'Dispatch', 'CloseCase', { caseId });
    await sector.command('Dispatch', 'ReturnResolution', {
      caseId,
      resolution: 'تم ضبط المخالفة وإبعاد الجمال عن الطريق',
      result: 'SOLVED',
    });

    await desk.refused('REPORTER_NOT_INFORMED', 'Dispatch', 'CloseCase', { caseId });
    await desk.command('Dispatch', 'RecordReporterInformed', { caseId, channel: 'PHONE' });
    await desk.command('Dispatch', 'CloseCase', { caseId });

    const auditor = await world.staff('qat.auditor', tenant);
    const trail = await auditor.trailWith(
      caseNumber,
      ...[
        'CaseOpened',
        'CaseRegistered',
        'CaseRouted',
        'CaseSentToSecondLine',
        'CaseReferred',
        'FieldTeamSent',
      ],
      ...[
        'FieldVerificationRecorded',
        'LegalActionRecorded',
        'ResolutionReturned',
        'ReporterInformed',
        'CaseClosed',
      ],
    );
    assert.deepEqual(
      trail.map(({ revision }) => revision),
      trail.map((_, index) => index),
      'versions without gaps',
    );
    assert.deepEqual([...new Set(trail.map(({ line }) => line))].sort(), ['1', '2', '3', 'system']);
    const routed = trail.find(({ type }) => type === 'CaseRouted');
    assert.equal(routed?.data['ruleId'], 'CAT_TO_SECTOR');
    assert.equal(trail.find(({ type }) => type === 'LegalActionRecorded')?.data['basis'], 'قرار حظر الرعي');
    await world.messageWith('SMS', caseNumber);
  },
};
