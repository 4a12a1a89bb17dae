import { type CaseEvent } from '@balagh/case-events';
import { PermanentFault } from '@balagh/event-feed';
import { type Profile, parseProfile } from '@balagh/profile';
import { profileFixture, proves } from '@balagh/testing';
import { opened, registered, subjectId, transferred } from './world';
import { PHONE, after, form, texts, worldOf } from './world-of-fakes';

describe('a transfer to an agency', () => {
  it('tells the reporter once, naming the agency and the number, and sends SMS and e-mail to the agency', async () => {
    proves('MUS-33');
    const { world, sms, mail } = worldOf('MUS');
    const details = await form(world, { phone: PHONE, details: 'تسرب ماء قرب الحديقة' });
    await after(world, opened('PHONE_1111'), details, registered(), transferred);
    await world.redelivered();
    await world.pass(120_000);
    const own = sms.delivered.filter(({ to, text }) => to === PHONE && text.includes('تحويل'));
    expect(own.map(({ text }) => text)).toEqual([
      'تم تحويل ملاحظتكم رقم MUS-2026-000001 إلى جهة الاختصاص: حيا للمياه. يرجى متابعة الجهة المعنية بعد ذلك.',
    ]);
    expect(sms.delivered.filter(({ to }) => to !== PHONE)).toHaveLength(1);
    expect(mail.delivered).toHaveLength(1);
    expect(mail.delivered[0]?.subject).toBe('ملاحظة محالة رقم MUS-2026-000001');
    expect(mail.delivered[0]?.text).toContain('تسرب ماء قرب الحديقة');
  });

  it('that the agency takes only by gRPC sends it no message and misses none', async () => {
    const { world, mail, sms } = worldOf('MUS');
    const byGrpc = {
      ...transferred,
      data: { ...(transferred.data as object), transports: ['GRPC'] },
    } as CaseEvent;
    await after(world, opened('PHONE_1111'), await form(world, { phone: PHONE }), registered(), byGrpc);
    expect(mail.delivered).toEqual([]);
    expect(sms.delivered.every(({ to }) => to === PHONE)).toBe(true);
    expect((await world.told()).filter(({ type }) => type === 'NotificationFailed')).toEqual([]);
  });

  it('reaches an agency without an e-mail address by SMS alone', async () => {
    const base = parseProfile(profileFixture('MUS'));
    const agencies = base.agencies.map((a) =>
      a.code === 'HAYA_WATER' ? { ...a, contacts: { sms: '+96890000099' } } : a,
    );
    const { world, mail, sms } = worldOf('MUS', { versions: [{ agencies }] });
    await after(world, opened('PHONE_1111'), await form(world, { phone: PHONE }), registered(), transferred);
    expect(mail.delivered).toEqual([]);
    expect(sms.delivered.filter(({ to }) => to === '+96890000099')).toHaveLength(1);
    expect((await world.told()).filter(({ type }) => type === 'NotificationFailed')).toEqual([]);
  });
});

describe('a private inquiry', () => {
  it('is answered without any figure, naming the delegates’ e-services with their links', async () => {
    proves('KWT-22', 'KWT-23');
    const { world, whatsapp } = worldOf('KWT-PAMA');
    const contact = await world.seal('+96590000001');
    const inquiry = await form(world, { details: 'كم رصيدي؟' }, { subject: 'BALANCE', caseType: 'INQUIRY' });
    await after(
      world,
      opened('WHATSAPP', contact),
      inquiry,
      registered({
        caseNumber: 'PAMA-2026-000007',
        caseType: 'INQUIRY',
        subject: 'BALANCE',
        channel: 'WHATSAPP',
        reachableBy: ['WHATSAPP'],
      }),
      { type: 'PersonalInquiryDeclined', data: { subject: 'BALANCE', ruleId: 'PRIVATE_BALANCE' } },
    );
    const [text, ...others] = texts(whatsapp);
    expect(others).toEqual([]);
    expect(text).toContain('خدمات المفوضين');
    expect(text).toContain('https://delegates.pama.example/ https://app.pama.example/delegates');
    expect(text?.replaceAll(/https:\S+/g, '')).not.toMatch(/\d/);
  });
});

describe('a referral inside the organisation', () => {
  const referred = (referralDate: string): CaseEvent => ({
    type: 'CaseReferred',
    data: {
      referralId: '60000000-0000-4000-8000-000000000001',
      owner: { kind: 'UNIT', code: 'CLEANING' },
      referralDate,
      dueAt: '2026-06-30T06:00:00.000Z',
    },
  });
  const number = { caseNumber: 'QAT-2026-000481', category: 'MUN_VIOLATION', channel: 'PHONE' } as const;

  it.each([
    ['2026-05-31T20:59:00.000Z', '2026-05-31', '+96890000123'],
    ['2026-05-31T21:00:00.000Z', '2026-06-01', '+96890000124'],
    ['2026-06-02T06:00:00.000Z', '2026-06-02', '+96890000124'],
  ])('at %s goes to the liaison officer in force on %s', async (at, day, phone) => {
    proves('QAT-14');
    const officers = parseProfile(profileFixture('QAT-MME')).liaisonOfficers.filter(
      (o) => o.owner === 'CLEANING',
    );
    expect(officers.map(({ from, to, contacts }) => [contacts.sms, from <= '2026-05-31', to])).toEqual([
      ['+96890000123', true, '2026-05-31'],
      ['+96890000124', false, undefined],
    ]);
    const { world, sms } = worldOf('QAT-MME');
    world.clock.set(at);
    await after(world, opened('PHONE'), registered({ ...number, reachableBy: [] }), referred(day));
    expect(sms.delivered.filter(({ text }) => text.includes('أحيل')).map(({ to }) => to)).toEqual([phone]);
  });

  it('is told to the applicant with number and date where the profile has a text for it', async () => {
    proves('OMH-19');
    const told: Profile['templates'][number] = {
      code: 'APPLICANT_REFERRED',
      trigger: 'CaseReferred',
      when: {},
      recipient: 'REPORTER',
      ar: 'رقم المعاملة {caseNumber}، تاريخ الإحالة {date}',
      en: 'Transaction {caseNumber}, referred on {date}',
    };
    const { world, sms } = worldOf('MUS', { versions: [{ templates: [told] }] });
    // Registered on a Sunday, referred on the Wednesday.
    world.clock.set('2026-05-03T06:00:00.000Z');
    await after(world, opened('PHONE_1111'), await form(world, { phone: PHONE }), registered());
    world.clock.set('2026-05-06T06:00:00.000Z');
    await after(world, referred('2026-05-06'));
    expect(texts(sms)).toEqual(['رقم المعاملة MUS-2026-000001، تاريخ الإحالة \u200e2026-05-06']);
  });

  it('is queued for its owner in the same moment', async () => {
    proves('MUS-45');
    const { world, sms } = worldOf('MUS');
    const base = parseProfile(profileFixture('MUS'));
    const owner = { kind: 'DIRECTORATE', code: base.directorates[0]?.code ?? '' } as const;
    const event = {
      ...referred('2026-05-04'),
      data: { ...(referred('2026-05-04').data as object), owner },
    } as CaseEvent;
    await after(world, opened('PHONE_1111'), await form(world, { phone: PHONE }), registered());
    world.clock.set('2026-05-04T06:10:00.000Z');
    await after(world, event);
    const events = await world.caseEvents();
    const dispatched = events.find(({ type }) => type === 'CaseReferred');
    const queued = events.find((e) => e.type === 'NotificationRequested' && e.data.recipient === 'OWNER');
    const delay =
      Date.parse(queued?.metadata.recordedAt ?? '') - Date.parse(dispatched?.metadata.recordedAt ?? '');
    expect(delay).toBeLessThanOrEqual(60_000);
    expect(sms.delivered.filter(({ to }) => to !== PHONE)).toHaveLength(1);
  });
});

describe('a reporter', () => {
  it('who cannot be reached by message is shown to line 2 at once', async () => {
    const { world } = worldOf('MUS');
    await after(world, opened('PHONE_1111'), registered({ reachableBy: [] }));
    expect(await world.told()).toMatchObject([
      { type: 'NotificationRequested', data: { channels: [] } },
      { type: 'NotificationFailed', data: { reason: 'UNREACHABLE_BY_MESSAGE', recipient: 'REPORTER' } },
    ]);
  });

  it('whose phone field holds no number cannot be reached by it', async () => {
    const { world } = worldOf('MUS');
    await after(world, opened('PHONE_1111'), await form(world, { phone: 'لا يوجد' }), registered());
    expect((await world.told()).at(-1)).toMatchObject({
      type: 'NotificationFailed',
      data: { reason: 'UNREACHABLE_BY_MESSAGE' },
    });
  });

  it('is written to in the language of the case', async () => {
    const { world, sms } = worldOf('MUS');
    await after(
      world,
      opened('PHONE_1111'),
      await form(world, { phone: PHONE }),
      registered({ language: 'en' }),
    );
    expect(texts(sms)).toEqual(['Your report is registered under MUS-2026-000001. For inquiries: 1111.']);
  });

  it('who was erased gets nothing, and the case goes on', async () => {
    const { world, sms } = worldOf('MUS');
    await world.happened(opened('PHONE_1111'), await form(world, { phone: PHONE }), registered());
    await world.platform.privacy.erase(subjectId);
    await world.redelivered();
    await world.work();
    expect(sms.submissions).toBe(0);
  });

  it('is told in Arabic which data are missing', async () => {
    const { world, whatsapp } = worldOf('KWT-MOCI');
    const missing = [{ field: 'invoiceNumber', ar: 'الفاتورة', en: 'invoice' }];
    await after(world, opened('WHATSAPP', await world.seal('+96590000001')), {
      type: 'RequiredFieldsMissing',
      data: { attempt: 1, missing },
    });
    expect(texts(whatsapp)).toEqual(['لم تسجل الشكوى. البيانات الناقصة: الفاتورة.']);
  });
});

describe('a repeated complaint', () => {
  it('is cancelled with a message that names the number of the original', async () => {
    proves('KWT-12');
    const { world, whatsapp } = worldOf('KWT-MOCI');
    await after(
      world,
      opened('WHATSAPP', await world.seal('+96590000001')),
      registered({ caseNumber: 'MOCI-2026-000031', channel: 'WHATSAPP', reachableBy: ['WHATSAPP'] }),
      {
        type: 'CaseCancelledAsDuplicate',
        data: {
          originalCaseId: '80000000-0000-4000-8000-000000000001',
          originalNumber: 'MOCI-2026-000017',
        },
      },
    );
    expect(texts(whatsapp).filter((text) => text.includes('MOCI-2026-000017'))).toHaveLength(1);
  });
});

describe('a summons', () => {
  it('reaches both parties, each only when called', async () => {
    const { world, sms, whatsapp } = worldOf('KWT-MOCI');
    const contact = await world.seal('+96590000001');
    const summons = (parties: ('COMPLAINANT' | 'RESPONDENT')[]): CaseEvent => ({
      type: 'SummonsIssued',
      data: { summonsId: '70000000-0000-4000-8000-000000000001', date: '2026-05-10', parties },
    });
    const number = {
      caseNumber: 'MOCI-2026-000017',
      channel: 'WHATSAPP',
      reachableBy: ['WHATSAPP'],
    } as const;
    const fields = await form(world, { respondentPhone: '+96590000009' });
    await after(
      world,
      opened('WHATSAPP', contact),
      fields,
      registered({ ...number, reachableBy: ['WHATSAPP'] }),
      summons(['COMPLAINANT', 'RESPONDENT']),
    );
    expect(texts(whatsapp)).toEqual([
      'يرجى الحضور للمواجهة في الشكوى رقم MOCI-2026-000017 بتاريخ \u200e2026-05-10.',
    ]);
    expect(sms.delivered).toMatchObject([{ to: '+96590000009' }]);
    await after(world, summons(['RESPONDENT']));
    expect(texts(whatsapp)).toHaveLength(1);
    expect(sms.delivered).toHaveLength(2);
  });
});

describe('a template', () => {
  const misfit: Partial<Profile> = {
    templates: [
      {
        code: 'MISFIT',
        trigger: 'CaseOpened',
        when: {},
        recipient: 'REPORTER',
        ar: 'رقمكم {caseNumber}',
        en: 'Your number {caseNumber}',
      },
    ],
  };

  it('whose placeholder has no value at its trigger is a permanent fault, not a message with a hole', async () => {
    const { world } = worldOf('MUS', { versions: [misfit] });
    await world.happened(opened('PHONE_1111'));
    await expect(world.redelivered()).rejects.toThrow(
      new PermanentFault('TEMPLATE_PLACEHOLDER_WITHOUT_VALUE'),
    );
  });

  it('is asked for once, whatever id an earlier version of this program gave it', async () => {
    const { world, sms } = worldOf('MUS');
    const messageId = '90000000-0000-5000-8000-000000000001';
    const asked = {
      messageId,
      trigger: 'CaseRegistered',
      triggerRevision: 2,
      template: 'MUS_REGISTERED',
      recipient: 'REPORTER',
      channels: ['SMS'],
      language: 'ar',
    } as const;
    await world.happened(opened('PHONE_1111'), await form(world, { phone: PHONE }), registered(), {
      type: 'NotificationRequested',
      data: { ...asked, channels: ['SMS'] },
    });
    await world.redelivered();
    await world.work();
    expect(sms.submissions).toBe(1);
    expect((await world.messageEvents(messageId)).map(({ type }) => type)).toEqual([
      'MessagePrepared',
      'MessageSubmitted',
      'MessageAccepted',
    ]);
    expect(await world.told()).toMatchObject([
      { type: 'NotificationRequested', data: { messageId } },
      { type: 'NotificationSent', data: { messageId } },
    ]);
  });

  it('is the one of the profile version under which the case was opened', async () => {
    const later = {
      ...misfit.templates?.[0],
      code: 'LATER',
      trigger: 'CaseRegistered',
      ar: 'نص جديد',
      en: 'new',
    } as Profile['templates'][number];
    const { world, sms } = worldOf('MUS', { versions: [{}, { templates: [later] }] });
    await after(world, opened('PHONE_1111'), await form(world, { phone: PHONE }), registered());
    expect(texts(sms)).toEqual(['تم تسجيل بلاغكم برقم MUS-2026-000001. للاستفسار: 1111.']);
  });
});

describe('what is stored and logged', () => {
  it('holds neither texts nor addresses in the clear', async () => {
    const { world } = worldOf('MUS');
    await after(
      world,
      opened('PHONE_1111'),
      await form(world, { phone: PHONE, details: 'سر' }),
      registered(),
      transferred,
    );
    const all = await world.platform.eventStore.readAll({ limit: 500 });
    const stored = all.events.filter(({ stream }) => stream.startsWith('message-')).map(({ data }) => data);
    expect(stored.length).toBeGreaterThan(3);
    for (const text of [...stored, JSON.stringify(world.logged)]) {
      expect(text).not.toContain('90000001');
      expect(text).not.toContain('تم تسجيل');
    }
  });
});
