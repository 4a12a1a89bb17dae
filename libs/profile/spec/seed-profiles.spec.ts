import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { initialCaseView } from '@balagh/case-events';
import { profileFixture, proves } from '@balagh/testing';
import { type Profile, assessOwner, findOwner, missingFields, parseProfile } from '@balagh/profile';

const tenants = ['MUS', 'TOURISM', 'QAT-MME', 'KWT-MOCI', 'KWT-PAMA'] as const;
const profile = (tenant: (typeof tenants)[number]): Profile => parseProfile(profileFixture(tenant));
const arabic = (entries: readonly { names: { ar: string } }[]): string[] =>
  entries.map((entry) => entry.names.ar);
const template = (p: Profile, code: string) => p.templates.find((t) => t.code === code);

describe('the profiles that come with the product', () => {
  it.each(tenants)('%s is valid', (tenant) => {
    expect(profile(tenant).tenant).toBe(tenant);
  });

  it('every file under infra/profiles is one of them', () => {
    const files = readdirSync(join(__dirname, '../../../infra/profiles')).filter((name) =>
      name.endsWith('.json'),
    );
    expect(files.sort()).toEqual(tenants.map((tenant) => `${tenant.toLowerCase()}.json`).sort());
  });

  it.each(tenants)('%s always finds an owner: its last routing rule is the default', (tenant) => {
    expect(profile(tenant).routing.at(-1)?.when).toEqual({});
    expect(profile(tenant).priority.at(-1)?.when).toEqual({});
  });

  it.each(tenants)('%s writes to invented addresses only', (tenant) => {
    const text = JSON.stringify(profileFixture(tenant));
    for (const [, phone] of text.matchAll(/"sms": ?"([^"]*)"/g)) expect(phone).toMatch(/^\+9689000\d{4}$/);
    for (const [, mail] of text.matchAll(/"email": ?"([^"]*)"/g)) expect(mail).toMatch(/\.example$/);
  });

  it.each(tenants)('%s has a text for every stage in both languages', (tenant) => {
    expect(profile(tenant).statusTexts[initialCaseView.stage]?.ar).toBeTruthy();
    expect(profile(tenant).statusTexts['WITH_THIRD_LINE']?.ar).toBe('قيد المعالجة لدى جهة الاختصاص');
  });

  it.each(tenants)('%s reminds every two working days and escalates after three', (tenant) => {
    expect(profile(tenant).reminders).toEqual({ everyWorkingDays: 2, escalateAfter: 3 });
  });
});

describe('QAT-MME', () => {
  it('lists its categories in Arabic', () => {
    proves('QAT-04');
    expect(arabic(profile('QAT-MME').categories)).toEqual(
      expect.arrayContaining(['السيارات المهملة', 'الكلاب الضالة', 'القطط', 'الجمال السارحة']),
    );
    expect(arabic(profile('QAT-MME').categories)).toContain('الاستفسار عن الخدمات');
  });

  it('is open around the clock, every day', () => {
    expect(profile('QAT-MME').calendar).toMatchObject({ weekend: [], hours: { from: '00:00', to: '24:00' } });
  });

  it('dogs and cats became categories later than the others', () => {
    const later = profile('QAT-MME').categories.filter((c) => c.activeFrom !== undefined);
    expect(later.map((c) => c.code)).toEqual(['STRAY_DOGS', 'STRAY_CATS']);
  });

  it('camels need a verification and have a legal basis', () => {
    expect(profile('QAT-MME').categories.find((c) => c.code === 'STRAY_CAMELS')).toMatchObject({
      verificationRequired: true,
      legalBasis: 'قرار حظر الرعي',
      sector: 'ENVIRONMENT',
    });
  });
});

describe('MUS', () => {
  it('has Omantel, Ooredoo and Haya Water as active agencies', () => {
    proves('MUS-31');
    const active = profile('MUS').agencies.filter((agency) => agency.mode !== 'OFF');
    expect(arabic(active).sort()).toEqual(['أوريدو', 'حيا للمياه', 'عمانتل'].sort());
    expect(active.every((agency) => ['PUBLIC', 'PRIVATE'].includes(agency.ownership))).toBe(true);
  });

  it('keeps the live link with the consumer-protection authority off', () => {
    expect(profile('MUS').agencies.find((agency) => agency.code === 'PACP')?.mode).toBe('OFF');
  });

  it('a new agency and a rule in the data alone make it an owner with addresses', () => {
    const file = profileFixture('MUS') as { agencies: unknown[]; categories: unknown[]; routing: unknown[] };
    const grown = parseProfile({
      ...file,
      categories: [...file.categories, { code: 'ELECTRICITY', names: { ar: 'الكهرباء', en: 'Electricity' } }],
      agencies: [
        ...file.agencies,
        {
          code: 'POWER_COMPANY',
          names: { ar: 'شركة تجريبية', en: 'Invented company' },
          contacts: { sms: '+96890000077', email: 'notes@power.example' },
          ownership: 'PRIVATE',
          field: 'ELECTRICITY',
          mode: 'TRANSFER',
          transports: ['SMS', 'EMAIL'],
        },
      ],
      routing: [
        {
          id: 'ELECTRICITY_TO_POWER',
          when: { category: 'ELECTRICITY' },
          owner: { kind: 'AGENCY', code: 'POWER_COMPANY' },
        },
        ...file.routing,
      ],
    });
    const routed = assessOwner(grown, { category: 'ELECTRICITY' });
    expect(routed?.ruleId).toBe('ELECTRICITY_TO_POWER');
    expect(routed && findOwner(grown, routed.owner)).toMatchObject({
      contacts: { sms: '+96890000077', email: 'notes@power.example' },
    });
  });

  it('tells the reporter the number, and the party at a transfer', () => {
    expect(template(profile('MUS'), 'MUS_REGISTERED')?.ar).toBe(
      'تم تسجيل بلاغكم برقم {caseNumber}. للاستفسار: 1111.',
    );
    expect(template(profile('MUS'), 'MUS_TRANSFERRED')?.ar).toContain('{agencyAr}');
  });

  it('sends an agency a short message and a mail with the details', () => {
    const toAgency = profile('MUS').templates.filter(
      (t) => t.trigger === 'CaseTransferred' && t.recipient === 'AGENCY',
    );
    expect(toAgency.map((t) => [t.channels, t.ar.includes('{details}')])).toEqual([
      [['SMS'], false],
      [['EMAIL'], true],
    ]);
  });

  it('hosts TOURISM, which has a number series of its own', () => {
    expect(profile('TOURISM').hostedBy).toBe('MUS');
    expect(profile('TOURISM').caseNumber.prefix).not.toBe(profile('MUS').caseNumber.prefix);
  });
});

describe('KWT-MOCI', () => {
  it('has five channels, the hotline among them', () => {
    proves('KWT-03');
    expect(profile('KWT-MOCI').channels.map((c) => c.code)).toEqual([
      'WHATSAPP',
      'SOCIAL_MEDIA',
      'MOBILE_APP',
      'WEB',
      'HOTLINE_135',
    ]);
  });

  it('asks for the six stated fields, the invoice as an attachment', () => {
    const moci = profile('KWT-MOCI');
    const fields = missingFields(moci, { caseType: 'COMPLAINT' }, []).map((f) => f.field);
    expect(fields).toEqual(['reporterName', 'civilNumber', 'phone', 'shopAddress', 'invoice', 'details']);
    expect(moci.requiredFields.find((f) => f.field === 'invoice')?.attachmentKind).toBe('INVOICE');
    expect(moci.requiredFields.find((f) => f.field === 'reporterName')?.minWords).toBe(3);
    expect(moci.requiredFields.find((f) => f.field === 'civilNumber')?.pattern).toBe('^[0-9]{12}$');
  });

  it('cancels a repeat of civil number, shop and invoice', () => {
    expect(profile('KWT-MOCI').duplicates).toEqual({
      policy: 'CANCEL_REPEAT',
      keys: ['civilNumber', 'shopAddress', 'invoiceNumber'],
    });
  });

  it('summons both parties', () => {
    const recipients = profile('KWT-MOCI')
      .templates.filter((t) => t.trigger === 'SummonsIssued')
      .map((t) => t.recipient);
    expect(recipients).toEqual(['REPORTER', 'RESPONDENT']);
  });
});

describe('KWT-PAMA', () => {
  it('lists its subjects', () => {
    proves('KWT-20');
    expect(profile('KWT-PAMA').subjects.map((s) => s.code)).toEqual(
      expect.arrayContaining([
        'EMPLOYMENT',
        'WORKING_HOURS',
        'HAJJ',
        'PERIODIC',
        'SCHOOL',
        'EID_GIFT',
        'WINTER_CLOTHING',
        'SUMMER_CLOTHING',
        'EID_CLOTHING',
      ]),
    );
  });

  it('declines with the name and the links of the delegates’ services', () => {
    const pama = profile('KWT-PAMA');
    const decline = template(pama, 'PAMA_DECLINE');
    expect(decline?.ar).toContain('خدمات المفوضين');
    expect(decline?.en).toContain('خدمات المفوضين');
    expect(decline?.ar).toContain('{links}');
    expect(pama.otherBodies.find((b) => b.code === 'DELEGATES_PORTAL')?.links).toHaveLength(2);
  });
});
