import { profileFixture } from '@balagh/testing';
import {
  NO_RULE,
  type Facts,
  assessDecline,
  assessJurisdiction,
  assessOwner,
  assessPriority,
  holds,
  missingFields,
  parseProfile,
} from '@balagh/profile';

const moci = parseProfile(profileFixture('KWT-MOCI'));
const mus = parseProfile(profileFixture('MUS'));
const qat = parseProfile(profileFixture('QAT-MME'));
const pama = parseProfile(profileFixture('KWT-PAMA'));
const complaint: Facts = { caseType: 'COMPLAINT', category: 'CONSUMER_COMPLAINT', channel: 'WHATSAPP' };
const six = ['reporterName', 'civilNumber', 'phone', 'shopAddress', 'invoice', 'details'];

describe('conditions', () => {
  it.each([
    ['the empty condition always holds', {}, {}, true],
    ['a value must be equal', { category: 'WATER' }, { category: 'WATER' }, true],
    ['another value does not do', { category: 'WATER' }, { category: 'ROADS' }, false],
    ['a list means one of', { category: ['WATER', 'ROADS'] }, { category: 'ROADS' }, true],
    ['all entries must hold', { category: 'WATER', channel: 'IVR' }, { category: 'WATER' }, false],
    ['null asks for a missing fact', { otherBody: null }, {}, true],
    ['null does not hold when the fact is there', { otherBody: null }, { otherBody: 'X' }, false],
    ['null may stand in a list', { saleChannel: ['SHOP', null] }, {}, true],
    ['false is not missing', { shopLicensed: null }, { shopLicensed: false }, false],
  ] as const)('%s', (_, condition, facts, expected) => {
    const copy = Object.fromEntries(
      Object.entries(condition).map(([k, v]: [string, unknown]) => [k, Array.isArray(v) ? [...v] : v]),
    ) as Parameters<typeof holds>[0];
    expect(holds(copy, facts)).toBe(expected);
  });
});

describe('jurisdiction', () => {
  it('a licensed shop is inside', () => {
    expect(assessJurisdiction(moci, { ...complaint, shopLicensed: true })).toEqual({
      result: 'IN',
      ruleId: NO_RULE,
      inputs: {},
    });
  });

  it('an online sale belongs to the cybercrime department', () => {
    expect(assessJurisdiction(moci, { ...complaint, saleChannel: 'ONLINE' })).toEqual({
      result: 'OUT',
      body: 'MOI_CYBERCRIME',
      ruleId: 'ONLINE_SALE',
      inputs: { saleChannel: 'ONLINE' },
    });
  });

  it('a body that line 1 declares goes before the rules', () => {
    expect(
      assessJurisdiction(qat, { category: 'OTHER_SERVICE', otherBody: 'ELECTRICITY_AND_WATER' }),
    ).toEqual({
      result: 'OUT',
      body: 'ELECTRICITY_AND_WATER',
      ruleId: 'DECLARED_BY_LINE_1',
      inputs: { otherBody: 'ELECTRICITY_AND_WATER' },
    });
  });
});

describe('required fields', () => {
  it('a consumer complaint lists all six in the profile’s order, in Arabic', () => {
    expect(missingFields(moci, complaint, []).map((f) => f.ar)).toEqual([
      'الاسم الثلاثي',
      'الرقم المدني',
      'رقم الهاتف',
      'عنوان المتجر',
      'الفاتورة',
      'شرح الشكوى',
    ]);
  });

  it('only what is missing is listed; when it comes, nothing is', () => {
    expect(
      missingFields(
        moci,
        complaint,
        six.filter((f) => f !== 'invoice'),
      ),
    ).toEqual([{ field: 'invoice', ar: 'الفاتورة', en: 'Invoice' }]);
    expect(missingFields(moci, complaint, six)).toEqual([]);
  });

  it('none are asked for when the matter is out of jurisdiction', () => {
    expect(missingFields(moci, { ...complaint, saleChannel: 'ONLINE' }, [])).toEqual([]);
    expect(missingFields(moci, { ...complaint, otherBody: 'MOI_CYBERCRIME' }, [])).toEqual([]);
  });

  it('directorate and section are asked for inside the organisation, not for a partner’s matter', () => {
    const facts: Facts = { caseType: 'NOTE', channel: 'PHONE_1111' };
    const fields = (category: string) =>
      missingFields(mus, { ...facts, category }, ['category', 'details', 'phone']).map((f) => f.field);
    expect(fields('CLEANLINESS')).toEqual(['directorate', 'section']);
    expect(fields('WATER')).toEqual([]);
  });

  it('an e-mail address does instead of a phone', () => {
    const facts: Facts = { caseType: 'NOTE', channel: 'WEB_PORTAL', category: 'WATER' };
    expect(missingFields(mus, facts, ['category', 'details', 'email'])).toEqual([]);
    expect(missingFields(mus, facts, ['category', 'details']).map((f) => f.field)).toEqual(['phone']);
  });

  it('a violation report needs a sector, and camels a place', () => {
    const facts: Facts = { caseType: 'VIOLATION_REPORT', category: 'STRAY_CAMELS', channel: 'PHONE' };
    expect(missingFields(qat, facts, ['category']).map((f) => f.field)).toEqual(['sector', 'location']);
  });
});

describe('owner, priority and declines', () => {
  it('the first rule that holds wins', () => {
    const camels: Facts = { category: 'STRAY_CAMELS', sector: 'MUNICIPAL' };
    expect(assessOwner(qat, camels)).toEqual({
      ruleId: 'CAT_TO_SECTOR',
      inputs: { category: 'STRAY_CAMELS' },
      owner: { kind: 'UNIT', code: 'ENV_SECTOR' },
    });
    expect(assessOwner({ ...qat, routing: [...qat.routing].reverse() }, camels)?.ruleId).toBe(
      'DEFAULT_OWNER',
    );
  });

  it('two equal cases of different people get the same rule: who complains is no fact', () => {
    const citizen = {
      ...complaint,
      reporterName: 'invented one',
      civilNumber: '290000000001',
      phone: '+96890000001',
    };
    const resident = {
      ...complaint,
      reporterName: 'invented two',
      civilNumber: '290000000002',
      phone: '+96890000002',
    };
    expect(assessOwner(moci, citizen)).toEqual(assessOwner(moci, resident));
    expect(assessPriority(moci, citizen)).toEqual(assessPriority(moci, resident));
    expect(assessOwner(moci, citizen)?.ruleId).toBe('CONSUMER_COMPLAINT_TO_CONSUMER_PROTECTION');
  });

  it('a note about water goes to the water company, a section’s matter to the section', () => {
    expect(assessOwner(mus, { category: 'WATER' })?.owner).toEqual({ kind: 'AGENCY', code: 'HAYA_WATER' });
    expect(
      assessOwner(mus, { category: 'CLEANLINESS', directorate: 'DIR-SERVICES', section: 'SEC-CLEANING' }),
    ).toEqual({
      ruleId: 'SECTION_TO_SEC-CLEANING',
      inputs: { directorate: 'DIR-SERVICES', section: 'SEC-CLEANING' },
      owner: { kind: 'DIRECTORATE', code: 'DIR-SERVICES', section: 'SEC-CLEANING' },
    });
  });

  it('social media is handled at once, a suggestion has time', () => {
    expect(assessPriority(mus, { channel: 'SOCIAL_MEDIA', caseType: 'NOTE' }).handlingClass).toBe(
      'IMMEDIATE',
    );
    expect(assessPriority(mus, { channel: 'IVR', caseType: 'SUGGESTION' }).priority).toBe('LOW');
    expect(assessPriority(mus, { channel: 'IVR', caseType: 'NOTE' }).ruleId).toBe('DEFAULT_PRIORITY');
  });

  it('without any rule there is no owner, and priority is normal by default', () => {
    expect(assessOwner({ ...mus, routing: [] }, {})).toBeUndefined();
    expect(assessPriority({ ...mus, priority: [] }, {})).toEqual({
      ruleId: NO_RULE,
      inputs: {},
      priority: 'NORMAL',
      handlingClass: 'NORMAL',
    });
  });

  it('a question about the balance is declined, other subjects are not', () => {
    expect(assessDecline(pama, { caseType: 'INQUIRY', subject: 'BALANCE' })).toEqual({
      ruleId: 'PRIVATE_BALANCE',
      inputs: { subject: 'BALANCE' },
      portal: 'DELEGATES_PORTAL',
    });
    expect(assessDecline(pama, { caseType: 'INQUIRY', subject: 'SCHOOL' })).toBeUndefined();
  });

  it('a fact that a rule looked at and did not find is recorded as null', () => {
    const only = {
      ...mus,
      routing: [{ id: 'R', when: { theme: null }, owner: { kind: 'UNIT', code: 'UNIT-FOLLOW-UP' } }],
    } as typeof mus;
    expect(assessOwner(only, {})?.inputs).toEqual({ theme: null });
  });
});
