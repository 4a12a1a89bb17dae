import { given } from '@balagh/decider';
import { proves } from '@balagh/testing';
import {
  HAYA,
  answered,
  closed,
  id,
  inQueue,
  returned,
  rulesOf,
  sealed,
  withOwner,
} from '../../spec/history.fixture';
import { type DispatchInput, foldDispatchCase } from './dispatch-case';
import { type ReturnResolution, resolutionDecider } from './resolution.decider';

const decider = resolutionDecider(rulesOf('MUS'));
const resolve: ReturnResolution = {
  type: 'ReturnResolution',
  resolutionId: id(902),
  source: 'INTERNAL',
  resolution: sealed('تمت الصيانة'),
  result: 'SOLVED',
};

describe('returning the reply', () => {
  it('brings the case back to the second line', () => {
    proves('MUS-13');
    given(decider, withOwner()).when(resolve).then([returned()]);
    expect(foldDispatchCase([...withOwner(), returned()]).place).toBe('SECOND_LINE');
  });
  it('needs a text', () => {
    given(decider, withOwner())
      .when({ ...resolve, resolution: undefined })
      .thenRejected('RESOLUTION_EMPTY');
  });
  it('is accepted once per delivery', () => {
    given(decider, answered())
      .when({ ...resolve, resolutionId: id(5) })
      .thenRejected('CASE_NOT_WITH_THIRD_LINE');
  });
  it('comes from who has the case', () => {
    given(decider, inQueue()).when(resolve).thenRejected('CASE_NOT_WITH_THIRD_LINE');
    given(decider, withOwner(HAYA)).when(resolve).thenRejected('CASE_NOT_WITH_THIRD_LINE');
    given(decider, withOwner(HAYA))
      .when({ ...resolve, source: 'OMANTEL' })
      .thenRejected('CASE_NOT_WITH_THIRD_LINE');
    given(decider, withOwner(HAYA))
      .when({ ...resolve, source: 'HAYA_WATER' })
      .then([
        {
          type: 'ResolutionReturned',
          data: {
            resolutionId: id(902),
            source: 'HAYA_WATER',
            resolution: sealed('تمت الصيانة'),
            result: 'SOLVED',
          },
        },
      ]);
  });
  it('cannot say solved when the field team did not confirm the matter', () => {
    const notConfirmed: DispatchInput[] = [
      ...withOwner(),
      { type: 'FieldTeamSent', data: { teamId: 'TEAM-INSPECTION-1' } },
      { type: 'FieldVerificationRecorded', data: { teamId: 'TEAM-INSPECTION-1', result: 'NOT_CONFIRMED' } },
    ];
    given(decider, notConfirmed).when(resolve).thenRejected('VERIFICATION_NOT_CONFIRMED');
    given(decider, notConfirmed)
      .when({ ...resolve, result: 'NOT_CONFIRMED' })
      .then([returned('NOT_CONFIRMED')]);
  });
  it('is refused on a closed case', () => {
    given(decider, [...withOwner(), closed()])
      .when(resolve)
      .thenRejected('CASE_CLOSED');
  });
});
