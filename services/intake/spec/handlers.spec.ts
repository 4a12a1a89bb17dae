import { foldCase } from '@balagh/case-events';
import { proves } from '@balagh/testing';
import { photo } from './images';
import { IntakeUnderTest, codeOf, mustAccept, plain } from './intake-under-test';
import { profileOf } from './profile-under-test';

const complaint = {
  caseType: 'COMPLAINT',
  category: 'CONSUMER_COMPLAINT',
  saleChannel: 'SHOP',
  reporterName: 'سالم مثال الاختبار',
  civilNumber: '٢٩٠٠٠٠٠٠٠٠٠١',
  phone: '55000001',
  shopAddress: 'شارع المثال ١٢',
  invoiceNumber: 'INV-1',
  details: 'المحل يرفض استبدال جهاز معيب',
} as const;

describe('opening a page', () => {
  it('writes the first event with agent, channel, time and profile version, and nothing in clear', async () => {
    proves('MUS-08');
    const desk = new IntakeUnderTest('MUS', [profileOf('MUS')]);
    const caseId = await desk.opened('PHONE_1111', {}, '+968 9000 0001');
    const [first] = await desk.events(caseId);
    expect(first).toMatchObject({
      type: 'CaseOpened',
      revision: 0,
      metadata: {
        actor: { kind: 'staff', id: 'agent.one', organisation: 'MUS' },
        line: '1',
        channel: 'PHONE_1111',
        recordedAt: '2026-01-04T06:00:00.000Z',
        profileVersion: 1,
      },
    });
    expect(JSON.stringify(await desk.events(caseId))).not.toMatch(/9000\s?0001/);
  });

  it('opens no second page when the command is repeated', async () => {
    const desk = new IntakeUnderTest('MUS', [profileOf('MUS')]);
    const context = desk.context();
    const first = await desk.intake.open.handle(context, { channel: 'PHONE_1111' });
    const second = await desk.intake.open.handle(context, { channel: 'PHONE_1111' });
    expect(second).toEqual(first);
    expect(await desk.types(first.caseId)).toEqual(['CaseOpened']);
  });

  it('pins the rules: a later profile version does not change an open page', async () => {
    const strict = profileOf('QAT-MME');
    const lenient = {
      ...strict,
      caseTypes: strict.caseTypes.map((t) => ({ ...t, sectorRequired: false })),
      requiredFields: [],
    };
    const desk = new IntakeUnderTest('QAT-MME', [strict, lenient]);
    const first = new IntakeUnderTest('QAT-MME', [strict]);
    const pinned = await first.opened('PHONE', { caseType: 'REPORT', category: 'INCIDENT' });
    expect(codeOf(await first.register(pinned))).toBe('SECTOR_REQUIRED');
    const later = await desk.opened('PHONE', { caseType: 'REPORT', category: 'INCIDENT' });
    mustAccept(await desk.register(later));
    expect((await desk.events(later)).map((e) => e.metadata.profileVersion)).toEqual([2, 2, 2]);
  });

  it('takes visitors at the desk', async () => {
    const desk = new IntakeUnderTest('QAT-MME', [profileOf('QAT-MME')]);
    const caseId = await desk.opened('WALK_IN');
    expect(foldCase(await desk.events(caseId)).channel).toBe('WALK_IN');
  });
});

describe('filling the form', () => {
  it('seals names, numbers and words, and keeps codes readable', async () => {
    const desk = new IntakeUnderTest('KWT-MOCI', [profileOf('KWT-MOCI')]);
    const caseId = await desk.opened('WHATSAPP', complaint);
    const stored = JSON.stringify(await desk.events(caseId));
    for (const secret of [
      'سالم',
      'المحل يرفض',
      'INV-1',
      '55000001',
      '٢٩٠٠٠٠٠٠٠٠٠١',
      '290000000001',
      'شارع',
    ]) {
      expect(stored).not.toContain(secret);
    }
    const { form } = foldCase(await desk.events(caseId));
    expect(form.category).toBe('CONSUMER_COMPLAINT');
    expect(await desk.platform.privacy.open(form.phone ?? '')).toBe('+96555000001');
    expect(await desk.platform.privacy.open(form.civilNumber ?? '')).toBe('290000000001');
  });

  it('takes answers back, with what follows from them: messages, and under which phone the case is asked for', async () => {
    const desk = new IntakeUnderTest('KWT-MOCI', [profileOf('KWT-MOCI')]);
    const caseId = await desk.opened('HOTLINE_135', { phone: '55000001', email: 'wrong@person.example' });
    expect(desk.outbound.contacts.rows.size).toBe(1);
    const takenBack = await desk.intake.fill.handle(desk.context(), {
      caseId,
      form: { open: {}, personal: {}, cleared: ['email', 'phone', 'address'] },
    });
    mustAccept(takenBack);
    const events = await desk.events(caseId);
    // An address was never given.
    expect(events.at(-1)?.data).toEqual({ form: { filled: [] }, cleared: ['email', 'phone'] });
    expect(foldCase(events).form).toEqual({ filled: [] });
    expect(desk.outbound.contacts.rows.size).toBe(0);
  });

  it('takes numbers copied out of an Arabic page, with marks of direction around them', async () => {
    const desk = new IntakeUnderTest('KWT-MOCI', [profileOf('KWT-MOCI')]);
    const copied = { phone: '\u202a55000001\u202c', civilNumber: '\u200f٢٩٠٠٠٠٠٠٠٠٠١\u200f' };
    const caseId = await desk.opened('WHATSAPP', { ...complaint, ...copied });
    await desk.intake.attach.handle(desk.context(), { caseId, kind: 'INVOICE', content: await photo() });
    const { caseNumber } = mustAccept(await desk.register(caseId));
    await desk.intake.statuses.refresh(caseId, 3);
    const ask = `\u2067${caseNumber ?? ''}\u2069`;
    expect(await desk.intake.status.handle('KWT-MOCI', ask, '\u200f٥٥٠٠٠٠٠١')).toMatchObject({ caseNumber });
  });

  it('refuses a phone that cannot be one, naming the field and not the value', async () => {
    const desk = new IntakeUnderTest('MUS', [profileOf('MUS')]);
    const caseId = await desk.opened('PHONE_1111');
    const { outcome } = await desk.fill(caseId, { phone: '12', email: 'not an address' });
    expect(outcome).toEqual({
      kind: 'rejected',
      rejection: { code: 'FIELD_INVALID', reason: 'invalid', details: { fields: ['phone', 'email'] } },
    });
  });

  it('does not count two words as a triple name, and refuses them in the place of three', async () => {
    const desk = new IntakeUnderTest('KWT-MOCI', [profileOf('KWT-MOCI')]);
    const caseId = await desk.opened('WHATSAPP', { ...complaint, reporterName: 'سالم مثال' });
    await desk.intake.attach.handle(desk.context(), { caseId, kind: 'INVOICE', content: await photo() });
    expect((await desk.register(caseId)).missing).toEqual([
      { field: 'reporterName', ar: 'الاسم الثلاثي', en: 'Triple name' },
    ]);
    mustAccept(await desk.fill(caseId, { reporterName: 'سالم مثال الاختبار' }));
    expect(codeOf(await desk.fill(caseId, { reporterName: 'سالم' }))).toBe('FIELD_INVALID');
    expect((await desk.register(caseId)).caseNumber).toBe('MOCI-2026-000001');
  });

  it('finds no case of another organisation', async () => {
    const desk = new IntakeUnderTest('MUS', [profileOf('MUS'), profileOf('TOURISM')]);
    const caseId = await desk.opened('PHONE_1111');
    const foreign = await desk.intake.fill.handle(desk.context({ tenant: 'TOURISM' }), {
      caseId,
      form: plain({ language: 'en' }),
    });
    expect(codeOf(foreign)).toBe('CASE_NOT_FOUND');
  });
});

describe('registering', () => {
  it('says again what is missing each time it is asked, but records it once', async () => {
    const desk = new IntakeUnderTest('KWT-MOCI', [profileOf('KWT-MOCI')]);
    const caseId = await desk.opened('WHATSAPP', complaint);
    const context = desk.context();
    const invoice = [{ field: 'invoice', ar: 'الفاتورة', en: 'Invoice' }];
    for (const again of [context, context, desk.context()]) {
      const answered = await desk.intake.register.handle(again, { caseId });
      expect([codeOf(answered), answered.missing]).toEqual(['FIELDS_MISSING', invoice]);
    }
    expect(await desk.types(caseId)).toEqual(['CaseOpened', 'FormFilled', 'RequiredFieldsMissing']);
    mustAccept(
      await desk.intake.attach.handle(desk.context(), { caseId, kind: 'INVOICE', content: await photo() }),
    );
    expect((await desk.register(caseId)).caseNumber).toBe('MOCI-2026-000001');
  });

  it('answers a repeated command with the same number and refuses another command', async () => {
    const desk = new IntakeUnderTest('QAT-MME', [profileOf('QAT-MME')]);
    const caseId = await desk.opened('PHONE', { caseType: 'INQUIRY', category: 'SERVICE_INQUIRY' });
    const context = desk.context();
    const first = await desk.intake.register.handle(context, { caseId });
    expect(await desk.intake.register.handle(context, { caseId })).toEqual(first);
    expect(codeOf(await desk.register(caseId))).toBe('CASE_ALREADY_REGISTERED');
    expect((await desk.types(caseId)).filter((type) => type === 'CaseRegistered')).toHaveLength(1);
  });

  it('registers on a Friday at 03:10 local time, at once', async () => {
    proves('QAT-09');
    const desk = new IntakeUnderTest('QAT-MME', [profileOf('QAT-MME')], '2026-01-09T00:10:00.000Z');
    const caseId = await desk.opened('PHONE', {
      caseType: 'COMPLAINT',
      category: 'ABANDONED_VEHICLE',
      details: 'سيارة مهملة',
    });
    const { caseNumber } = await desk.register(caseId);
    expect(caseNumber).toBe('QAT-2026-000001');
    const registered = (await desk.events(caseId)).at(-1);
    expect(registered?.data).toMatchObject({
      registeredAt: '2026-01-09T00:10:00.000Z',
      clockStart: '2026-01-09T00:10:00.000Z',
    });
  });

  it('keeps what arrives on a Friday at 22:00, and starts its clock at the next opening where the calendar says so', async () => {
    proves('OMH-18');
    const mus = profileOf('MUS');
    const profile = { ...mus, calendar: { ...mus.calendar, clockStartsAtOpening: true } };
    const desk = new IntakeUnderTest('MUS', [profile], '2026-01-09T18:00:00.000Z');
    const caseId = await desk.opened('SOCIAL_MEDIA', {
      caseType: 'NOTE',
      category: 'OTHER',
      details: 'ملاحظة',
    });
    mustAccept(await desk.register(caseId));
    expect((await desk.events(caseId)).at(-1)?.data).toMatchObject({
      registeredAt: '2026-01-09T18:00:00.000Z',
      clockStart: '2026-01-11T03:30:00.000Z',
    });
  });

  it("takes the year of the number from the organisation's own calendar", async () => {
    const desk = new IntakeUnderTest('QAT-MME', [profileOf('QAT-MME')], '2025-12-31T21:30:00.000Z');
    const caseId = await desk.opened('PHONE', { caseType: 'INQUIRY', category: 'SERVICE_INQUIRY' });
    expect((await desk.register(caseId)).caseNumber).toBe('QAT-2026-000001');
  });

  it('registers a resident without any national identity number', async () => {
    proves('MUS-46');
    const desk = new IntakeUnderTest('MUS', [profileOf('MUS')]);
    const caseId = await desk.opened('PHONE_1111', {
      caseType: 'NOTE',
      category: 'OTHER',
      details: 'A lamp is broken',
      reporterName: 'Resident Example',
      phone: '+968 9000 0001',
      language: 'en',
    });
    expect((await desk.register(caseId)).caseNumber).toBe('MUS-2026-000001');
  });

  it("accepts a resident's civil number", async () => {
    proves('KWT-40');
    const desk = new IntakeUnderTest('KWT-MOCI', [profileOf('KWT-MOCI')]);
    const caseId = await desk.opened('WHATSAPP', {
      ...complaint,
      clientType: 'RESIDENT',
      civilNumber: '285 0000 00012',
    });
    mustAccept(
      await desk.intake.attach.handle(desk.context(), { caseId, kind: 'INVOICE', content: await photo() }),
    );
    expect((await desk.register(caseId)).caseNumber).toBe('MOCI-2026-000001');
  });
});

describe('a complaint that is already open', () => {
  it('is cancelled when civil number, shop and invoice are the same, however they are written', async () => {
    proves('KWT-12');
    const desk = new IntakeUnderTest('KWT-MOCI', [profileOf('KWT-MOCI')]);
    const original = await complained(desk, complaint);
    const repeat = await complained(desk, {
      ...complaint,
      civilNumber: '290000000001',
      shopAddress: ' شارع  المثال 12. ',
      invoiceNumber: 'inv 1',
    });
    expect((await desk.types(repeat)).slice(-3)).toEqual([
      'CaseRegistered',
      'DuplicateDetected',
      'CaseCancelledAsDuplicate',
    ]);
    expect((await desk.events(repeat)).at(-1)?.data).toEqual({
      originalCaseId: original,
      originalNumber: 'MOCI-2026-000001',
    });
  });

  it('is another one when the invoice differs', async () => {
    const desk = new IntakeUnderTest('KWT-MOCI', [profileOf('KWT-MOCI')]);
    await complained(desk, complaint);
    const other = await complained(desk, { ...complaint, invoiceNumber: 'INV-2' });
    expect((await desk.types(other)).at(-1)).toBe('CaseRegistered');
  });

  it('is the original of later repeats even when two repeat it', async () => {
    const desk = new IntakeUnderTest('KWT-MOCI', [profileOf('KWT-MOCI')]);
    const original = await complained(desk, complaint);
    await complained(desk, complaint);
    const third = await complained(desk, complaint);
    expect((await desk.events(third)).at(-1)?.data).toMatchObject({ originalCaseId: original });
  });

  async function complained(
    desk: IntakeUnderTest,
    answers: Parameters<IntakeUnderTest['opened']>[1],
  ): Promise<string> {
    const caseId = await desk.opened('WHATSAPP', answers);
    mustAccept(
      await desk.intake.attach.handle(desk.context(), { caseId, kind: 'INVOICE', content: await photo() }),
    );
    mustAccept(await desk.register(caseId));
    return caseId;
  }
});

describe('at first contact', () => {
  it('an inquiry is registered and answered in one act, the answer sealed', async () => {
    const desk = new IntakeUnderTest('QAT-MME', [profileOf('QAT-MME')]);
    const caseId = await desk.opened('PHONE', {
      caseType: 'INQUIRY',
      category: 'SERVICE_INQUIRY',
      details: 'ما مستندات رخصة البناء؟',
    });
    const context = desk.context();
    const answered = mustAccept(
      await desk.intake.inquiries.answer(context, { caseId, answer: 'المخطط وسند الملكية' }),
    );
    expect(answered.caseNumber).toBe('QAT-2026-000001');
    const events = await desk.events(caseId);
    expect(events.map((e) => e.type).slice(-2)).toEqual(['CaseRegistered', 'InquiryAnswered']);
    const last = events.at(-1);
    expect(await desk.platform.privacy.open(last?.type === 'InquiryAnswered' ? last.data.answer : '')).toBe(
      'المخطط وسند الملكية',
    );
    await desk.intake.inquiries.answer(context, { caseId, answer: 'المخطط وسند الملكية' });
    expect(await desk.events(caseId)).toHaveLength(events.length);
  });

  it('an online sale is registered without the required fields', async () => {
    const desk = new IntakeUnderTest('KWT-MOCI', [profileOf('KWT-MOCI')]);
    const online = {
      caseType: 'COMPLAINT',
      category: 'CONSUMER_COMPLAINT',
      saleChannel: 'ONLINE',
      details: 'لم تصل البضاعة',
    } as const;
    const caseId = await desk.opened('WHATSAPP', online, '+965 5500 0001');
    mustAccept(await desk.register(caseId));
    expect((await desk.events(caseId)).at(-1)?.data).toMatchObject({
      requiredFields: 'WAIVED_OUT_OF_JURISDICTION',
      reachableBy: ['WHATSAPP', 'SMS'],
    });
  });

  it('a matter of another body is registered for redirection', async () => {
    const desk = new IntakeUnderTest('QAT-MME', [profileOf('QAT-MME')]);
    const caseId = await desk.opened('PHONE');
    mustAccept(
      await desk.intake.register.redirect(desk.context(), { caseId, body: 'ELECTRICITY_AND_WATER' }),
    );
    expect((await desk.events(caseId)).at(-1)?.data).toMatchObject({
      otherBody: 'ELECTRICITY_AND_WATER',
      requiredFields: 'WAIVED_OUT_OF_JURISDICTION',
    });
  });

  it('a stale page is refused with the new version', async () => {
    const desk = new IntakeUnderTest('MUS', [profileOf('MUS')]);
    const caseId = await desk.opened('PHONE_1111', { caseType: 'NOTE' });
    const { outcome } = await desk.intake.fill.handle(desk.context({ expectedDecisionVersion: 1 }), {
      caseId,
      form: plain({ language: 'en' }),
    });
    expect(outcome).toMatchObject({
      kind: 'rejected',
      rejection: { code: 'VERSION_STALE', details: { decisionVersion: 2 } },
    });
  });
});
