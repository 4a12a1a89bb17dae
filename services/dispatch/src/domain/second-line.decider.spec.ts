import { given } from '@balagh/decider';
import {
  HAYA,
  SEC_CLEANING,
  inQueue,
  opened,
  registered,
  routed,
  sentToSecondLine,
} from '../../spec/history.fixture';
import { secondLineDecider } from './second-line.decider';

const send = { type: 'SendToSecondLine' } as const;

describe('the second line’s queue', () => {
  it('receives a case as soon as it is routed', () => {
    given(secondLineDecider, [opened, registered(), routed()])
      .when(send)
      .then([{ type: 'CaseSentToSecondLine', data: { queue: 'DISTRIBUTOR', proposedOwner: SEC_CLEANING } }]);
  });
  it('receives a case once', () => {
    given(secondLineDecider, inQueue()).when(send).thenNothingHappened();
  });
  it('does not receive a case that is not routed yet', () => {
    given(secondLineDecider, [opened, registered()]).when(send).thenNothingHappened();
  });
  it('never receives a case that was cancelled before it was routed', () => {
    const ended = {
      type: 'CaseRedirectedOutOfJurisdiction',
      data: { body: 'OTHER_BODY', bodyAr: 'جهة', bodyEn: 'Body', ruleId: 'DECLARED_BY_LINE_1', inputs: {} },
    } as const;
    given(secondLineDecider, [opened, registered(), routed(), ended]).when(send).thenNothingHappened();
  });
  it('receives a case with the owner a person corrected, when it was not in the queue yet', () => {
    const corrected = {
      type: 'RoutingCorrected',
      data: { owner: HAYA, secondLineQueue: 'DISTRIBUTOR', reason: 'water', misroutes: 0 },
    } as const;
    given(secondLineDecider, [opened, registered(), routed(), corrected])
      .when(send)
      .then([sentToSecondLine(HAYA)]);
  });
});
