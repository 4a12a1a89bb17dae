import { type CaseEvent } from '@balagh/case-events';
import { given } from '@balagh/decider';
import { proves } from '@balagh/testing';
import { redirectDecider } from '../src/domain/redirect.decider';
import { registerDecider } from '../src/domain/register.decider';
import { type RegistrationTerms } from '../src/domain/registration';
import { attached, closed, filled, opened, otherCaseId, sealed } from './case-history';
import { profileOf } from './profile-under-test';

const at = '2026-01-09T00:10:00.000Z';
const mus = profileOf('MUS');
const moci = profileOf('KWT-MOCI');
const qat = profileOf('QAT-MME');

function terms(
  profile: RegistrationTerms['profile'],
  caseNumber: string,
  more: Partial<RegistrationTerms> = {},
): RegistrationTerms {
  return { profile, today: '2026-01-09', registeredAt: at, clockStart: at, caseNumber, ...more };
}

const cleanliness = {
  caseType: 'REPORT',
  category: 'CLEANLINESS',
  directorate: 'DIR-SERVICES',
  section: 'SEC-CLEANING',
  details: sealed,
  phone: sealed,
} as const;
const complaint = {
  caseType: 'COMPLAINT',
  category: 'CONSUMER_COMPLAINT',
  saleChannel: 'SHOP',
  reporterName: sealed,
  civilNumber: sealed,
  phone: sealed,
  shopAddress: sealed,
  invoiceNumber: sealed,
  details: sealed,
} as const;

function registeredAs(changes: object): CaseEvent {
  const data = {
    caseNumber: 'MUS-2026-000001',
    caseType: 'REPORT',
    category: 'CLEANLINESS',
    channel: 'PHONE_1111',
    language: 'ar',
    needFlags: [],
    attachments: 0,
    reachableBy: ['SMS'],
    requiredFields: 'COMPLETE',
    registeredAt: at,
    clockStart: at,
    ...changes,
  };
  return { type: 'CaseRegistered', data } as CaseEvent;
}

describe('registering a case', () => {
  it('commits a complete page under its number', () => {
    given(registerDecider, [opened('PHONE_1111'), filled(cleanliness)])
      .when(terms(mus, 'MUS-2026-000001'))
      .then([registeredAs({ directorate: 'DIR-SERVICES', section: 'SEC-CLEANING' })]);
  });

  it('refuses a second registration under another number', () => {
    given(registerDecider, [opened('PHONE_1111'), filled(cleanliness), registeredAs({})])
      .when(terms(mus, 'MUS-2026-000002'))
      .thenRejected('CASE_ALREADY_REGISTERED', { caseNumber: 'MUS-2026-000001' });
  });

  it('knows no case that was never opened', () => {
    given(registerDecider).when(terms(mus, 'MUS-2026-000001')).thenRejected('CASE_NOT_FOUND');
  });

  it('registers no ready page without a number', () => {
    const { caseNumber: _, ...without } = terms(mus, '');
    given(registerDecider, [opened('PHONE_1111'), filled(cleanliness)])
      .when(without)
      .thenRejected('CASE_NUMBER_REQUIRED');
  });

  it('refuses a section of another directorate', () => {
    proves('MUS-09');
    const form = { ...cleanliness, section: 'SEC-LIGHTING' };
    given(registerDecider, [opened('PHONE_1111'), filled(form)])
      .when(terms(mus, 'MUS-2026-000001'))
      .thenRejected('SECTION_NOT_IN_DIRECTORATE');
  });

  it('asks for directorate and section before registering', () => {
    const { directorate: _d, section: _s, ...form } = cleanliness;
    given(registerDecider, [opened('PHONE_1111'), filled(form)])
      .when(terms(mus, 'MUS-2026-000001'))
      .then([
        {
          type: 'RequiredFieldsMissing',
          data: {
            attempt: 1,
            missing: [
              { field: 'directorate', ar: 'المديرية', en: 'Directorate' },
              { field: 'section', ar: 'القسم', en: 'Section' },
            ],
          },
        },
      ]);
  });

  it('asks for a sector in reports of incidents, and registers when it is given', () => {
    proves('QAT-02');
    const smoke = { caseType: 'REPORT', category: 'INCIDENT', details: sealed } as const;
    given(registerDecider, [opened('PHONE'), filled(smoke)])
      .when(terms(qat, 'QAT-2026-000001'))
      .thenRejected('SECTOR_REQUIRED');
    given(registerDecider, [opened('PHONE'), filled({ ...smoke, sector: 'ENVIRONMENT' })])
      .when(terms(qat, 'QAT-2026-000001'))
      .then([
        registeredAs({
          caseNumber: 'QAT-2026-000001',
          category: 'INCIDENT',
          channel: 'PHONE',
          reachableBy: [],
          sector: 'ENVIRONMENT',
        }),
      ]);
  });

  it('takes the sector from a category that has one', () => {
    const camels = {
      caseType: 'VIOLATION_REPORT',
      category: 'STRAY_CAMELS',
      location: { latitude: 25.3, longitude: 51.2 },
    } as const;
    given(registerDecider, [opened('PHONE'), filled(camels)])
      .when(terms(qat, 'QAT-2026-000001'))
      .then([
        registeredAs({
          caseNumber: 'QAT-2026-000001',
          caseType: 'VIOLATION_REPORT',
          category: 'STRAY_CAMELS',
          channel: 'PHONE',
          reachableBy: [],
          sector: 'ENVIRONMENT',
          location: camels.location,
        }),
      ]);
  });

  it('refuses a category before its first day', () => {
    const dogs = { caseType: 'COMPLAINT', category: 'STRAY_DOGS', details: sealed } as const;
    given(registerDecider, [opened('PHONE'), filled(dogs)])
      .when(terms(qat, 'QAT-2024-000001', { today: '2024-12-31' }))
      .thenRejected('CATEGORY_INACTIVE');
  });

  it('refuses a category of another case type', () => {
    given(registerDecider, [opened('PHONE'), filled({ caseType: 'INQUIRY', category: 'OBSTACLE' })])
      .when(terms(qat, 'QAT-2026-000001'))
      .thenRejected('CATEGORY_NOT_FOR_CASE_TYPE');
  });

  it('always needs a type and a category', () => {
    given(registerDecider, [opened('PHONE')])
      .when(terms(qat, 'QAT-2026-000001'))
      .then([
        {
          type: 'RequiredFieldsMissing',
          data: {
            attempt: 1,
            missing: [
              { field: 'caseType', ar: 'نوع البلاغ', en: 'Case type' },
              { field: 'category', ar: 'التصنيف', en: 'Category' },
            ],
          },
        },
      ]);
  });
});

describe('a consumer complaint', () => {
  const invoiceMissing: CaseEvent = {
    type: 'RequiredFieldsMissing',
    data: { attempt: 1, missing: [{ field: 'invoice', ar: 'الفاتورة', en: 'Invoice' }] },
  };

  it('without the invoice is not registered and says so in Arabic; with it, it is', () => {
    given(registerDecider, [opened('WHATSAPP'), filled(complaint)])
      .when(terms(moci, 'MOCI-2026-000001'))
      .then([invoiceMissing]);
    given(registerDecider, [opened('WHATSAPP'), filled(complaint), invoiceMissing, attached('INVOICE')])
      .when(terms(moci, 'MOCI-2026-000001'))
      .then([mociRegistered('MOCI-2026-000001')]);
  });

  it('that still lacks the same field is not told again', () => {
    given(registerDecider, [opened('WHATSAPP'), filled(complaint), invoiceMissing])
      .when(terms(moci, 'MOCI-2026-000001'))
      .thenNothingHappened();
  });

  it('that lacks other fields than before is told once more', () => {
    const { phone: _, ...form } = complaint;
    const twoMissing: CaseEvent = {
      type: 'RequiredFieldsMissing',
      data: {
        attempt: 1,
        missing: [
          { field: 'phone', ar: 'رقم الهاتف', en: 'Phone number' },
          { field: 'invoice', ar: 'الفاتورة', en: 'Invoice' },
        ],
      },
    };
    given(registerDecider, [opened('WHATSAPP'), filled(form), twoMissing, filled({ phone: sealed })])
      .when(terms(moci, 'MOCI-2026-000001'))
      .then([{ ...invoiceMissing, data: { ...invoiceMissing.data, attempt: 2 } } as CaseEvent]);
  });

  it('about an online sale is registered without the required fields', () => {
    const online = {
      caseType: 'COMPLAINT',
      category: 'CONSUMER_COMPLAINT',
      saleChannel: 'ONLINE',
      details: sealed,
    } as const;
    given(registerDecider, [opened('WHATSAPP'), filled(online)])
      .when(terms(moci, 'MOCI-2026-000001'))
      .then([
        registeredAs({
          caseNumber: 'MOCI-2026-000001',
          caseType: 'COMPLAINT',
          category: 'CONSUMER_COMPLAINT',
          channel: 'WHATSAPP',
          reachableBy: [],
          requiredFields: 'WAIVED_OUT_OF_JURISDICTION',
          saleChannel: 'ONLINE',
        }),
      ]);
  });

  it('that repeats an open one is cancelled', () => {
    given(registerDecider, [opened('WHATSAPP'), filled(complaint), attached('INVOICE')])
      .when(terms(moci, 'MOCI-2026-000031', { original: original() }))
      .then([
        mociRegistered('MOCI-2026-000031'),
        {
          type: 'DuplicateDetected',
          data: {
            ...originalData(),
            basis: ['civilNumber', 'shopAddress', 'invoiceNumber'],
            policy: 'CANCEL_REPEAT',
          },
        },
        { type: 'CaseCancelledAsDuplicate', data: originalData() },
      ]);
  });

  it.each(['LINK', 'FLAG'] as const)('that repeats an open one goes on under the policy %s', (policy) => {
    const profile = profileOf('KWT-MOCI', { duplicates: { policy, keys: ['civilNumber'] } });
    given(registerDecider, [opened('WHATSAPP'), filled(complaint), attached('INVOICE')])
      .when(terms(profile, 'MOCI-2026-000031', { original: original() }))
      .then([
        mociRegistered('MOCI-2026-000031'),
        {
          type: 'DuplicateDetected',
          data: { ...originalData(), basis: ['civilNumber', 'shopAddress', 'invoiceNumber'], policy },
        },
      ]);
  });

  function mociRegistered(caseNumber: string): CaseEvent {
    return registeredAs({
      caseNumber,
      caseType: 'COMPLAINT',
      category: 'CONSUMER_COMPLAINT',
      channel: 'WHATSAPP',
      attachments: 1,
      reachableBy: ['WHATSAPP', 'SMS'],
      saleChannel: 'SHOP',
    });
  }

  function originalData(): { originalCaseId: string; originalNumber: string } {
    return { originalCaseId: otherCaseId, originalNumber: 'MOCI-2026-000017' };
  }

  function original(): NonNullable<RegistrationTerms['original']> {
    return {
      caseId: otherCaseId,
      caseNumber: 'MOCI-2026-000017',
      basis: ['civilNumber', 'shopAddress', 'invoiceNumber'],
    };
  }
});

describe('a private inquiry', () => {
  it('is registered and declined at once, without any further question', () => {
    const pama = profileOf('KWT-PAMA');
    const form = { caseType: 'INQUIRY', category: 'PRIVATE_INQUIRY', subject: 'BALANCE' } as const;
    const declineRule = pama.declines[0]?.id ?? '';
    given(registerDecider, [opened('WHATSAPP'), filled(form)])
      .when(terms(pama, 'PAMA-2026-000001'))
      .then([
        registeredAs({
          caseNumber: 'PAMA-2026-000001',
          caseType: 'INQUIRY',
          category: 'PRIVATE_INQUIRY',
          channel: 'WHATSAPP',
          subject: 'BALANCE',
          reachableBy: [],
          requiredFields: 'NONE',
        }),
        { type: 'PersonalInquiryDeclined', data: { subject: 'BALANCE', ruleId: declineRule } },
      ]);
  });
});

describe('redirecting', () => {
  it('registers a matter of another body without classification and without required fields', () => {
    given(redirectDecider, [opened('PHONE')])
      .when({ ...terms(qat, 'QAT-2026-000001'), otherBody: 'ELECTRICITY_AND_WATER' })
      .then([
        registeredAs({
          caseNumber: 'QAT-2026-000001',
          caseType: 'INQUIRY',
          category: 'UNCLASSIFIED',
          channel: 'PHONE',
          reachableBy: [],
          requiredFields: 'WAIVED_OUT_OF_JURISDICTION',
          otherBody: 'ELECTRICITY_AND_WATER',
        }),
      ]);
  });

  it('knows only the bodies of the profile', () => {
    given(redirectDecider, [opened('PHONE')])
      .when({ ...terms(qat, 'QAT-2026-000001'), otherBody: 'MOON' })
      .thenRejected('BODY_UNKNOWN');
  });

  it('comes too late for a closed case', () => {
    given(redirectDecider, [opened('PHONE'), registeredAs({ caseNumber: 'QAT-2026-000009' }), closed()])
      .when({ ...terms(qat, 'QAT-2026-000001'), otherBody: 'OTHER_BODY' })
      .thenRejected('CASE_ALREADY_REGISTERED');
  });
});
