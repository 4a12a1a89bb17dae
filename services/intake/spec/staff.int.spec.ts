import { randomUUID } from 'node:crypto';
import { type AccessEvent, type CaseEvent, caseStream } from '@balagh/case-events';
import { type intake } from '@balagh/contracts';
import { accept } from '@balagh/decider';
import { createStreams } from '@balagh/event-store';
import { type GrpcClient, grpcError } from '@balagh/runtime';
import { eventually, proves } from '@balagh/testing';
import { photo } from './images';
import { type ServiceUnderTest, startIntake } from './service-under-test';

let service: ServiceUnderTest;
let agent: GrpcClient<intake.IntakeClient>;
beforeAll(async () => {
  service = await startIntake();
  agent = service.client('agent');
});
afterAll(async () => {
  agent?.close();
  await service?.stop();
});

const noAnswers: intake.Form = {
  caseType: '',
  category: '',
  subject: '',
  sector: '',
  directorate: '',
  section: '',
  language: '',
  preferredChannel: '',
  clientType: '',
  needFlags: [],
  saleChannel: '',
  theme: '',
  otherBody: '',
  reporterName: '',
  civilNumber: '',
  phone: '',
  email: '',
  socialHandle: '',
  address: '',
  details: '',
  shopName: '',
  shopAddress: '',
  invoiceNumber: '',
  respondentName: '',
  respondentPhone: '',
  sourceReference: '',
  cleared: [],
};
const complaint = {
  caseType: 'COMPLAINT',
  category: 'CONSUMER_COMPLAINT',
  reporterName: 'سالم مثال الاختبار',
  civilNumber: '290000000002',
  shopAddress: 'شارع المثال ٢٠',
  invoiceNumber: 'INV-2',
  details: 'المحل يرفض استبدال جهاز معيب',
};

function header(tenant: string, expectedDecisionVersion = 0) {
  return { commandId: randomUUID(), tenant, expectedDecisionVersion, correlationId: '', occurredAt: '' };
}

async function opened(tenant: string, channel: string, contactReference = ''): Promise<string> {
  return (await agent.openCase({ header: header(tenant), channel, contactReference })).caseId;
}

async function types(caseId: string): Promise<readonly string[]> {
  return (await service.service.platform.streams.load<CaseEvent>(caseStream(caseId))).events.map(
    (event) => event.type,
  );
}

async function reasonOf(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
  } catch (error) {
    const { code, reason } = grpcError(error);
    return [code, reason];
  }
  return 'accepted';
}

/** An act of the second line on the case, as routing would have stored it. */
async function correctedBy(account: string, caseId: string): Promise<void> {
  const { eventStore } = service.service.platform;
  const streams = createStreams(eventStore, { author: 'routing', now: () => '2026-01-04T06:00:00.000Z' });
  const commandId = randomUUID();
  const owner = { kind: 'DIRECTORATE', code: 'DIR-ROADS' } as const;
  const corrected: CaseEvent = {
    type: 'RoutingCorrected',
    data: { owner, secondLineQueue: 'SECOND_LINE', reason: 'roads', misroutes: 0 },
  };
  const context = {
    ...{ commandId, tenant: 'MUS', line: '2' as const, correlationId: caseId, causationId: commandId },
    actor: { kind: 'staff' as const, id: account, organisation: 'MUS' },
  };
  await streams.execute(caseStream(caseId), context, () => accept(corrected));
}

describe('line 1 over gRPC', () => {
  it('opens, fills, adds the invoice and registers; the number is in the answer', async () => {
    const caseId = await opened('KWT-MOCI', 'WHATSAPP', '+965 5500 0002');
    await agent.fillForm({ header: header('KWT-MOCI'), caseId, form: { ...noAnswers, ...complaint } });
    const refusal = await agent.registerCase({ header: header('KWT-MOCI'), caseId }).catch(grpcError);
    expect(refusal).toEqual({
      code: 3,
      reason: 'FIELDS_MISSING',
      details: { fields: ['invoice'], missing_ar: ['الفاتورة'], missing_en: ['Invoice'] },
    });
    await agent.addAttachment({
      header: header('KWT-MOCI'),
      caseId,
      kind: 'INVOICE',
      content: await photo(),
    });
    const command = { header: header('KWT-MOCI'), caseId };
    const registered = await agent.registerCase(command);
    expect(registered).toMatchObject({
      caseId,
      caseNumber: expect.stringMatching(/^MOCI-2026-\d{6}$/),
      events: ['CaseRegistered'],
    });
    expect(await agent.registerCase(command)).toEqual(registered);
  });

  it('links a repeat to its original, over the feed', async () => {
    const originals: string[] = [];
    for (let n = 0; n < 2; n += 1) {
      const caseId = await opened('KWT-MOCI', 'WHATSAPP', '+965 5500 0003');
      await agent.fillForm({
        header: header('KWT-MOCI'),
        caseId,
        form: { ...noAnswers, ...complaint, invoiceNumber: 'INV-3' },
      });
      await agent.addAttachment({
        header: header('KWT-MOCI'),
        caseId,
        kind: 'INVOICE',
        content: await photo(),
      });
      await agent.registerCase({ header: header('KWT-MOCI'), caseId });
      originals.push(caseId);
    }
    const [original = '', repeat = ''] = originals;
    expect((await types(repeat)).slice(-2)).toEqual(['DuplicateDetected', 'CaseCancelledAsDuplicate']);
    await eventually(async () => (await types(original)).at(-1) === 'DuplicateLinked');
  });

  it('answers, declines and redirects', async () => {
    const inquiry = await opened('QAT-MME', 'PHONE');
    await agent.fillForm({
      header: header('QAT-MME'),
      caseId: inquiry,
      form: { ...noAnswers, caseType: 'INQUIRY', category: 'SERVICE_INQUIRY' },
    });
    const answered = await agent.answerInquiry({
      header: header('QAT-MME'),
      caseId: inquiry,
      answer: 'المخطط وسند الملكية',
      article: '',
    });
    expect(answered.events).toEqual(['CaseRegistered', 'InquiryAnswered']);
    const balance = await opened('KWT-PAMA', 'WHATSAPP', '+965 5500 0004');
    const form = { ...noAnswers, caseType: 'INQUIRY', category: 'PRIVATE_INQUIRY', subject: 'BALANCE' };
    await agent.fillForm({ header: header('KWT-PAMA'), caseId: balance, form });
    expect(
      await reasonOf(
        agent.answerInquiry({ header: header('KWT-PAMA'), caseId: balance, answer: 'لديكم …', article: '' }),
      ),
    ).toEqual([9, 'INQUIRY_PERSONAL']);
    expect((await agent.declineInquiry({ header: header('KWT-PAMA'), caseId: balance })).events).toEqual([
      'CaseRegistered',
      'PersonalInquiryDeclined',
    ]);
    const bill = await opened('QAT-MME', 'PHONE');
    expect(
      (await agent.redirectCase({ header: header('QAT-MME'), caseId: bill, body: 'ELECTRICITY_AND_WATER' }))
        .events,
    ).toEqual(['CaseRegistered']);
    expect(
      await reasonOf(
        agent.redirectCase({
          header: header('QAT-MME'),
          caseId: await opened('QAT-MME', 'PHONE'),
          body: 'MOON',
        }),
      ),
    ).toEqual([3, 'BODY_UNKNOWN']);
  });

  it('refuses who may not, before looking at the rest', async () => {
    const distributor = service.client('distributor');
    const foreign = service.client('foreign');
    const garbage = { header: { ...header('MUS'), commandId: 'x' }, channel: '', contactReference: '' };
    expect(await reasonOf(distributor.openCase(garbage))).toEqual([7, 'ACTION_NOT_PERMITTED']);
    expect(await reasonOf(foreign.openCase(garbage))).toEqual([7, 'TENANT_FOREIGN']);
    expect(await reasonOf(agent.openCase(garbage))).toEqual([3, 'COMMAND_HEADER_INVALID']);
    distributor.close();
    foreign.close();
  });

  it('is over for who took the same case on as second line, whatever roles the token names', async () => {
    proves('MUS-16');
    const relief = service.client('relief');
    const fill = (caseId: string): Promise<unknown> =>
      reasonOf(relief.fillForm({ header: header('MUS'), caseId, form: { ...noAnswers, details: 'تفاصيل' } }));
    const own = await opened('MUS', 'PHONE_1111');
    expect(await fill(own)).toBe('accepted');
    const caseId = await opened('MUS', 'PHONE_1111');
    await correctedBy('mus.relief', caseId);
    const before = await types(caseId);
    expect(await fill(caseId)).toEqual([7, 'LINE_ALREADY_HELD']);
    expect(await types(caseId)).toEqual(before);
    relief.close();
  });

  it('does not know another organisation’s case; who asked for it is on record', async () => {
    const foreign = service.client('foreign');
    const caseId = await opened('MUS', 'PHONE_1111');
    const asked = { header: header('KWT-PAMA'), caseId };
    expect(await reasonOf(foreign.registerCase(asked))).toEqual([5, 'CASE_NOT_FOUND']);
    const attachment = { ...asked, kind: 'PHOTO', content: await photo() };
    expect(await reasonOf(foreign.addAttachment(attachment))).toEqual([5, 'CASE_NOT_FOUND']);
    const { events } = await service.service.platform.streams.load<AccessEvent>(`access-${caseId}`);
    expect(events.map(({ data, metadata }) => [data, metadata.actor.id, metadata.tenant])).toEqual([
      [{ caseId, action: 'case.register', code: 'TENANT_FOREIGN' }, 'pama.agent', 'MUS'],
      [{ caseId, action: 'case.attach', code: 'TENANT_FOREIGN' }, 'pama.agent', 'MUS'],
    ]);
    foreign.close();
  });

  it('refuses nonsense with a code, never with a fault', async () => {
    const caseId = await opened('MUS', 'PHONE_1111');
    const fill = (form: Partial<intake.Form>): Promise<unknown> =>
      reasonOf(agent.fillForm({ header: header('MUS'), caseId, form: { ...noAnswers, ...form } }));
    expect(await fill({ caseType: 'whatever' })).toEqual([3, 'FORM_INVALID']);
    expect(await fill({ location: { latitude: 200, longitude: 0 } })).toEqual([3, 'FORM_INVALID']);
    expect(await fill({ phone: 'nine' })).toEqual([3, 'FIELD_INVALID']);
    expect(await reasonOf(agent.registerCase({ header: header('MUS'), caseId: 'x' }))).toEqual([
      3,
      'CASE_ID_INVALID',
    ]);
    expect(await reasonOf(agent.registerCase({ header: header('MUS'), caseId: randomUUID() }))).toEqual([
      5,
      'CASE_NOT_FOUND',
    ]);
    const attach = { header: header('MUS'), caseId, kind: 'PHOTO', content: new Uint8Array() };
    expect(await reasonOf(agent.addAttachment(attach))).toEqual([3, 'ATTACHMENT_EMPTY']);
    expect(await reasonOf(agent.addAttachment({ ...attach, kind: 'SONG' }))).toEqual([3, 'REQUEST_INVALID']);
    expect(
      await reasonOf(agent.answerInquiry({ header: header('MUS'), caseId, answer: ' ', article: '' })),
    ).toEqual([3, 'REQUEST_INVALID']);
  });

  it('refuses a page that has moved on, with the version it is at', async () => {
    const caseId = await opened('MUS', 'PHONE_1111');
    await agent.fillForm({ header: header('MUS', 1), caseId, form: { ...noAnswers, caseType: 'NOTE' } });
    const stale = await agent
      .fillForm({ header: header('MUS', 1), caseId, form: { ...noAnswers, caseType: 'REPORT' } })
      .catch(grpcError);
    expect(stale).toEqual({ code: 10, reason: 'VERSION_STALE', details: { decisionVersion: 2 } });
  });
});
