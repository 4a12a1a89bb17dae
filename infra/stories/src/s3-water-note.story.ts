import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type partner } from '@balagh/contracts';
import { eventually } from '@balagh/testing';
import { photo } from './photo';
import { type Story, inventedPhone } from './story';
import { type World } from './world';

const tenant = 'MUS';

/** S3 (MUS-04, MUS-11, MUS-32, MUS-33, MUS-40): a water leak by app, with photos and GPS, solved by the water company. */
export const waterNote: Story = {
  id: 'S3',
  title: 'a water note by app goes to the water company and comes back by e-mail',
  async play(world) {
    const reporter = {
      phone: inventedPhone('+96890'),
      email: `reporter.${randomUUID().slice(0, 8)}@mail.example`,
    };
    const { caseId, caseNumber } = await reportByApp(world, reporter);
    await world.messageWith('SMS', caseNumber, 'تم تسجيل');

    const distributor = await world.staff('mus.distributor', tenant);
    const entry = await distributor.queued('SECOND_LINE', caseId);
    assert.deepEqual([entry.owner?.kind, entry.owner?.code], ['AGENCY', 'HAYA_WATER']);
    await distributor.command('Dispatch', 'TransferCase', { caseId });
    await world.messageWith('SMS', caseNumber, 'حيا للمياه');
    await agencyWasTold(world, caseNumber);
    await distributor.command('Dispatch', 'RecordFollowUp', {
      caseId,
      note: 'تواصلنا مع شركة المياه وأكدت الاستلام',
    });

    await solvedByAgency(world, caseNumber);
    const auditor = await world.staff('mus.auditor', tenant);
    await auditor.trailWith(caseNumber, 'Acknowledged', 'ActionAdded', 'ResolutionReturned');
    await distributor.refused('REPORTER_NOT_INFORMED', 'Dispatch', 'CloseCase', { caseId });
    await distributor.command('Dispatch', 'IssueReply', { caseId });
    const mail = await world.messageWith('EMAIL', caseNumber, 'تم إصلاح التسرب');
    assert.equal(mail.to, reporter.email);
    await auditor.trailWith(caseNumber, 'ReplyIssued', 'NotificationSent', 'ReporterInformed');
    await distributor.command('Dispatch', 'CloseCase', { caseId });

    const trail = await auditor.trailWith(
      caseNumber,
      ...[
        'CaseOpened',
        'AttachmentAdded',
        'AttachmentAdded',
        'CaseRegistered',
        'CaseRouted',
        'CaseSentToSecondLine',
        'CaseTransferred',
      ],
      ...[
        'Acknowledged',
        'ActionAdded',
        'ResolutionReturned',
        'ReplyIssued',
        'ReporterInformed',
        'CaseClosed',
      ],
    );
    assert.ok(trail.length >= 15, `at least 15 events, found ${trail.length}`);
    assert.equal(
      trail.filter(
        ({ type, data }) => type === 'NotificationRequested' && data['trigger'] === 'CaseRegistered',
      ).length,
      1,
    );
    assert.equal(trail.find(({ type }) => type === 'Acknowledged')?.line, 'partner');
    const registrations = (await world.messages(caseNumber)).filter((m) => m.text.includes('تم تسجيل'));
    assert.equal(registrations.length, 1, 'the number is sent exactly once');
    await statusIsTold(world, caseNumber, reporter.phone);
  },
};

export async function reportByApp(
  world: World,
  reporter: { phone: string; email: string },
): Promise<{ caseId: string; caseNumber: string }> {
  const report = {
    channel: 'MOBILE_APP',
    form: {
      caseType: 'NOTE',
      category: 'WATER',
      language: 'ar',
      details: 'تسرب مياه في الشارع أمام المنزل',
      location: { latitude: 23.588, longitude: 58.383 },
      preferredChannel: 'EMAIL',
      ...reporter,
    },
  };
  const body = new FormData();
  body.set('report', JSON.stringify(report));
  body.append('photos', photo(), 'leak-1.jpg');
  body.append('photos', photo(), 'leak-2.jpg');
  const key = randomUUID();
  const answer = await world.citizen(`/v1/${tenant}/reports`, body, key);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  const { reportId, caseNumber } = answer.body as { reportId: string; caseNumber: string };
  assert.match(caseNumber, /^MUS-\d{4}-\d{6}$/);
  return { caseId: reportId, caseNumber };
}

async function agencyWasTold(world: World, caseNumber: string): Promise<void> {
  await world.messageWith('SMS', caseNumber, 'محالة إليكم');
  const mail = await world.messageWith('EMAIL', caseNumber, 'تسرب مياه');
  assert.match(mail.to, /@.*\.example$/);
}

export async function solvedByAgency(world: World, caseNumber: string): Promise<void> {
  const agency = world.agency('HAYA_WATER');
  const call = <Answer>(method: string, request: object): Promise<Answer> =>
    agency.call(method, { tenant, ...request });
  const transfer = await eventually(
    async () =>
      (await call<partner.ListTransfersResponse>('ListTransfers', { pageSize: 200 })).transfers.find(
        (t) => t.caseNumber === caseNumber,
      ),
    { deadlineMs: 20_000 + world.patienceMs, what: 'the transfer in the agency’s list' },
  );
  const { transferId } = transfer;
  const { details } = await call<partner.Transfer>('GetTransfer', { transferId });
  assert.equal(details, 'تسرب مياه في الشارع أمام المنزل');
  const commandId = randomUUID();
  await call('Acknowledge', { transferId, commandId, externalReference: 'HW-2026-77' });
  await call('Acknowledge', { transferId, commandId, externalReference: 'HW-2026-77' });
  await call('AddAction', {
    transferId,
    commandId: randomUUID(),
    description: 'فريق الصيانة في الموقع',
    state: 'DONE',
  });
  await call('ReturnResolution', {
    transferId,
    commandId: randomUUID(),
    resolution: 'تم إصلاح التسرب',
    result: 'SOLVED',
  });
}

async function statusIsTold(world: World, caseNumber: string, phone: string): Promise<void> {
  const known = await eventually(
    async () => {
      const { status, body } = await world.citizen(`/v1/${tenant}/status-requests`, { caseNumber, phone });
      return status < 300 && body['stage'] === 'CLOSED' ? body : undefined;
    },
    { deadlineMs: 10_000 + world.patienceMs, what: 'the closed case in its status' },
  );
  assert.ok(known);
  const stranger = await world.citizen(`/v1/${tenant}/status-requests`, {
    caseNumber,
    phone: '+96890999999',
  });
  assert.deepEqual([stranger.status, stranger.body['code']], [404, 'CASE_NOT_FOUND']);
}
