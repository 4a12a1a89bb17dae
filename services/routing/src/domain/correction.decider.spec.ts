import { type CaseEvent, type Owner } from '@balagh/case-events';
import { given } from '@balagh/decider';
import { opened, profileOf, registered } from '../../spec/history.fixture';
import { type CorrectRouting, correctionDecider } from './correction.decider';

const decider = correctionDecider(profileOf('MUS'));
const cleaning: Owner = { kind: 'DIRECTORATE', code: 'DIR-SERVICES', section: 'SEC-CLEANING' };
const lighting: Owner = { kind: 'DIRECTORATE', code: 'DIR-ROADS', section: 'SEC-LIGHTING' };
const routed: CaseEvent[] = [
  opened(),
  registered(),
  { type: 'CaseRouted', data: { owner: cleaning, secondLineQueue: 'DISTRIBUTOR', ruleId: 'R', inputs: {} } },
];
const correct: CorrectRouting = { type: 'CorrectRouting', owner: lighting, reason: 'a street lamp' };
const corrected = (misroutes: number): CaseEvent => ({
  type: 'RoutingCorrected',
  data: {
    owner: lighting,
    previousOwner: cleaning,
    secondLineQueue: 'DISTRIBUTOR',
    reason: 'a street lamp',
    misroutes,
  },
});

describe('correcting the routing', () => {
  it('records the new owner, the former one and why', () => {
    given(decider, routed)
      .when(correct)
      .then([corrected(0)]);
  });
  it('keeps the count of misroutes', () => {
    const misrouted: CaseEvent = {
      type: 'CaseReturnedAsMisrouted',
      data: { from: cleaning, reason: 'not ours', count: 2 },
    };
    given(decider, [...routed, misrouted])
      .when(correct)
      .then([corrected(2)]);
  });
  it('may name an agency', () => {
    const owner: Owner = { kind: 'AGENCY', code: 'HAYA_WATER' };
    given(decider, routed)
      .when({ ...correct, owner })
      .then([
        {
          type: 'RoutingCorrected',
          data: {
            owner,
            previousOwner: cleaning,
            secondLineQueue: 'DISTRIBUTOR',
            reason: 'a street lamp',
            misroutes: 0,
          },
        },
      ]);
  });
  it('needs another owner than the present one', () => {
    given(decider, routed)
      .when({ ...correct, owner: cleaning })
      .thenRejected('OWNER_UNCHANGED');
  });
  it('needs an owner that the organisation has', () => {
    given(decider, routed)
      .when({ ...correct, owner: { kind: 'UNIT', code: 'NOBODY' } })
      .thenRejected('OWNER_UNKNOWN');
    given(decider, routed)
      .when({ ...correct, owner: { kind: 'DIRECTORATE', code: 'DIR-ROADS', section: 'SEC-CLEANING' } })
      .thenRejected('SECTION_NOT_IN_DIRECTORATE');
  });
  it('needs a reason', () => {
    given(decider, routed)
      .when({ ...correct, reason: ' ' })
      .thenRejected('REASON_REQUIRED');
  });
  it('needs a routed case that is open', () => {
    given(decider, [opened(), registered()]).when(correct).thenRejected('CASE_NOT_ROUTED');
    const closed: CaseEvent = {
      type: 'CaseClosed',
      data: { outcome: 'RESOLVED', closedAt: '2026-03-05T06:00:00.000Z' },
    };
    given(decider, [...routed, closed])
      .when(correct)
      .thenRejected('CASE_CLOSED');
  });
});
