import { given } from '@balagh/decider';
import { proves } from '@balagh/testing';
import {
  HAYA,
  SEC_CLEANING,
  answered,
  closed,
  id,
  inQueue,
  opened,
  registered,
  rulesOf,
  sealed,
  withOwner,
} from '../../spec/history.fixture';
import { type DeliveryCommand, deliveryDecider } from './delivery.decider';

const rules = rulesOf('MUS', {
  deadlines: [{ code: 'OWNER_REPLY', when: {}, from: 'DELIVERY', amount: 3, unit: 'WORKING_DAYS' }],
});
const decider = deliveryDecider(rules);
/** Sunday, 12:00 in Muscat. */
const now = '2026-03-01T08:00:00.000Z';

describe('referring a case inside the organisation', () => {
  const refer: DeliveryCommand = { type: 'ReferCase', referralId: id(1), at: now };

  it('delivers it to the owner that routing proposed, with the referral date and the owner’s deadline', () => {
    given(decider, inQueue())
      .when(refer)
      .then([
        {
          type: 'CaseReferred',
          data: {
            referralId: id(1),
            owner: SEC_CLEANING,
            referralDate: '2026-03-01',
            dueAt: '2026-03-04T19:59:59.999Z',
          },
        },
      ]);
  });
  it('delivers it to the owner that the distributor names, with a sealed note', () => {
    const owner = { kind: 'UNIT', code: 'UNIT-FOLLOW-UP' } as const;
    const note = sealed('للمتابعة');
    given(decider, inQueue())
      .when({ ...refer, owner, note })
      .then([
        {
          type: 'CaseReferred',
          data: {
            referralId: id(1),
            owner,
            referralDate: '2026-03-01',
            dueAt: '2026-03-04T19:59:59.999Z',
            note,
          },
        },
      ]);
  });
  it('can deliver it anew when the reply did not satisfy the second line', () => {
    given(decider, answered())
      .when(refer)
      .then([
        {
          type: 'CaseReferred',
          data: {
            referralId: id(1),
            owner: SEC_CLEANING,
            referralDate: '2026-03-01',
            dueAt: '2026-03-04T19:59:59.999Z',
          },
        },
      ]);
  });
  it('skips the weekend when it counts the deadline', () => {
    given(decider, inQueue())
      .when({ ...refer, at: '2026-03-04T08:00:00.000Z' })
      .then([
        {
          type: 'CaseReferred',
          data: {
            referralId: id(1),
            owner: SEC_CLEANING,
            referralDate: '2026-03-04',
            dueAt: '2026-03-09T19:59:59.999Z',
          },
        },
      ]);
  });
  it.each([
    { kind: 'UNIT', code: 'NOBODY' } as const,
    { kind: 'DIRECTORATE', code: 'DIR-SERVICES', section: 'SEC-LIGHTING' } as const,
    { kind: 'UNIT', code: 'UNIT-FOLLOW-UP', section: 'SEC-LIGHTING' } as const,
    HAYA,
  ])('refuses a party the organisation does not have: %j', (owner) => {
    given(decider, inQueue())
      .when({ ...refer, owner })
      .thenRejected('OWNER_UNKNOWN');
  });
  it('refuses a case that is not in the queue', () => {
    given(decider, [opened, registered()]).when(refer).thenRejected('CASE_NOT_WITH_SECOND_LINE');
    given(decider, withOwner()).when(refer).thenRejected('CASE_NOT_WITH_SECOND_LINE');
  });
  it('refuses a case that is not registered', () => {
    given(decider, [opened]).when(refer).thenRejected('CASE_NOT_REGISTERED');
  });
  it('refuses a closed case', () => {
    given(decider, [...answered(), closed()])
      .when(refer)
      .thenRejected('CASE_CLOSED');
  });
  it('without a limit in the profile is due when the reminders run out', () => {
    given(deliveryDecider({ ...rules, profile: { ...rules.profile, deadlines: [] } }), inQueue())
      .when(refer)
      .then([
        {
          type: 'CaseReferred',
          data: {
            referralId: id(1),
            owner: SEC_CLEANING,
            referralDate: '2026-03-01',
            dueAt: '2026-03-11T19:59:59.999Z',
          },
        },
      ]);
  });
});

describe('transferring a case to another body', () => {
  const transfer: DeliveryCommand = { type: 'TransferCase', transferId: id(2), at: now };

  it('works for an agency that was added to the profile and nowhere else', () => {
    proves('MUS-35');
    const [known] = rules.profile.agencies;
    if (known === undefined) throw new Error('the profile has agencies');
    const names = { ar: 'شركة تجريبية', en: 'Invented company' };
    const added: typeof known = {
      ...known,
      code: 'POWER_COMPANY',
      names,
      mode: 'TRANSFER',
      transports: ['SMS'],
    };
    const agencies = [...rules.profile.agencies, added];
    given(decider, inQueue())
      .when({ ...transfer, agency: 'POWER_COMPANY' })
      .thenRejected('AGENCY_UNKNOWN');
    given(deliveryDecider(rules, agencies), inQueue())
      .when({ ...transfer, agency: 'POWER_COMPANY' })
      .then([
        {
          type: 'CaseTransferred',
          data: {
            transferId: id(2),
            agency: 'POWER_COMPANY',
            agencyAr: 'شركة تجريبية',
            agencyEn: 'Invented company',
            mode: 'TRANSFER',
            transports: ['SMS'],
            dueAt: '2026-03-04T19:59:59.999Z',
          },
        },
      ]);
  });

  it('delivers it to the agency that routing proposed, with its names, mode and transports', () => {
    given(decider, inQueue(HAYA))
      .when(transfer)
      .then([
        {
          type: 'CaseTransferred',
          data: {
            transferId: id(2),
            agency: 'HAYA_WATER',
            agencyAr: 'حيا للمياه',
            agencyEn: 'Haya Water',
            mode: 'TRANSFER',
            transports: ['SMS', 'EMAIL', 'GRPC'],
            dueAt: '2026-03-04T19:59:59.999Z',
          },
        },
      ]);
  });
  it('refuses an agency that the organisation does not know', () => {
    given(decider, inQueue(HAYA))
      .when({ ...transfer, agency: 'NOBODY' })
      .thenRejected('AGENCY_UNKNOWN');
  });
  it('refuses to guess an agency when routing proposed a party inside', () => {
    given(decider, inQueue()).when(transfer).thenRejected('AGENCY_UNKNOWN');
  });
  it('refuses an agency that is switched off', () => {
    given(decider, inQueue(HAYA))
      .when({ ...transfer, agency: 'PACP' })
      .thenRejected('AGENCY_OFF');
  });
  it('follows the switch in force now, not the one of the day the case was opened', () => {
    const agencies = rules.profile.agencies.map((agency) => ({ ...agency, mode: 'OFF' as const }));
    given(deliveryDecider(rules, agencies), inQueue(HAYA)).when(transfer).thenRejected('AGENCY_OFF');
  });
  it('refuses a case that is already with an agency', () => {
    given(decider, withOwner(HAYA)).when(transfer).thenRejected('CASE_NOT_WITH_SECOND_LINE');
  });
});

describe('following up', () => {
  const followUp: DeliveryCommand = {
    type: 'RecordFollowUp',
    followUpId: id(3),
    note: sealed('اتصلت بالقسم'),
  };

  it('is recorded with its note while the owner has the case', () => {
    given(decider, withOwner())
      .when(followUp)
      .then([{ type: 'FollowUpRecorded', data: { followUpId: id(3), note: sealed('اتصلت بالقسم') } }]);
  });
  it('is refused before the case reached the second line', () => {
    given(decider, [opened, registered()]).when(followUp).thenRejected('CASE_NOT_WITH_SECOND_LINE');
  });
  it('is refused on a closed case', () => {
    given(decider, [...answered(), closed()])
      .when(followUp)
      .thenRejected('CASE_CLOSED');
  });
});

describe('acknowledging', () => {
  const acknowledge: DeliveryCommand = { type: 'Acknowledge', source: 'INTERNAL' };

  it('says that the owner has the case, once per delivery', () => {
    given(decider, withOwner())
      .when(acknowledge)
      .then([{ type: 'Acknowledged', data: { source: 'INTERNAL' } }]);
  });
  it('keeps the agency’s own reference', () => {
    given(decider, withOwner(HAYA))
      .when({ type: 'Acknowledge', source: 'HAYA_WATER', externalReference: 'HW-77' })
      .then([{ type: 'Acknowledged', data: { source: 'HAYA_WATER', externalReference: 'HW-77' } }]);
  });
  it('is for the agency that has the case only', () => {
    given(decider, withOwner(HAYA))
      .when({ type: 'Acknowledge', source: 'OMANTEL' })
      .thenRejected('CASE_NOT_WITH_THIRD_LINE');
    given(decider, withOwner(HAYA)).when(acknowledge).thenRejected('CASE_NOT_WITH_THIRD_LINE');
  });
});

describe('returning as misrouted', () => {
  const back: DeliveryCommand = {
    type: 'ReturnAsMisrouted',
    source: 'INTERNAL',
    reason: 'belongs to lighting',
  };

  it('brings the case back to the second line and counts', () => {
    given(decider, withOwner())
      .when(back)
      .then([
        {
          type: 'CaseReturnedAsMisrouted',
          data: { from: SEC_CLEANING, reason: 'belongs to lighting', count: 1 },
        },
      ]);
  });
  it('counts every return of a case', () => {
    const once = {
      type: 'CaseReturnedAsMisrouted',
      data: { from: SEC_CLEANING, reason: 'not ours', count: 1 },
    } as const;
    const again = {
      type: 'CaseReferred',
      data: {
        referralId: id(9),
        owner: SEC_CLEANING,
        referralDate: '2026-03-02',
        dueAt: '2026-03-05T19:59:59.999Z',
      },
    } as const;
    given(decider, [...withOwner(), once, again])
      .when(back)
      .then([
        {
          type: 'CaseReturnedAsMisrouted',
          data: { from: SEC_CLEANING, reason: 'belongs to lighting', count: 2 },
        },
      ]);
  });
  it('needs a reason', () => {
    given(decider, withOwner())
      .when({ ...back, reason: '  ' })
      .thenRejected('REASON_REQUIRED');
  });
  it('needs the case with the owner', () => {
    given(decider, inQueue()).when(back).thenRejected('CASE_NOT_WITH_THIRD_LINE');
  });
});
