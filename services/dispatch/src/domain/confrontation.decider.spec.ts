import { given } from '@balagh/decider';
import { proves } from '@balagh/testing';
import { id, rulesOf, sealed, withOwner } from '../../spec/history.fixture';
import { closingDecider } from './closing.decider';
import { type ConfrontationCommand, confrontationDecider } from './confrontation.decider';
import { deliveryDecider } from './delivery.decider';
import { type DispatchInput } from './dispatch-case';
import { fieldWorkDecider } from './field-work.decider';
import { resolutionDecider } from './resolution.decider';

const rules = rulesOf('KWT-MOCI');
const decider = confrontationDecider(rules);
const complaint = withOwner(
  { kind: 'DIRECTORATE', code: 'CONSUMER_PROTECTION' },
  { caseType: 'COMPLAINT', category: 'CONSUMER_COMPLAINT' },
);
const summon: ConfrontationCommand = {
  type: 'IssueSummons',
  summonsId: id(1),
  date: '2026-05-10',
  today: '2026-05-03',
};
const summoned = (n = 1, date = '2026-05-10'): DispatchInput => ({
  type: 'SummonsIssued',
  data: { summonsId: id(n), date, parties: ['COMPLAINANT', 'RESPONDENT'] },
});
const held = (result: 'SETTLEMENT_REACHED' | 'NO_SETTLEMENT' | 'NOT_HELD'): DispatchInput => ({
  type: 'ConfrontationHeld',
  data: { summonsId: id(1), result, attended: ['COMPLAINANT', 'RESPONDENT'] },
});
const settle: ConfrontationCommand = {
  type: 'RecordSettlement',
  terms: sealed('استبدال الجهاز'),
  lawReference: 'المادة 10',
};
const prosecute: ConfrontationCommand = {
  type: 'ReferToProsecution',
  lawReference: 'المادة 10',
  today: '2026-05-11',
};
const unsettled = [...complaint, summoned(), held('NO_SETTLEMENT')];
const reached = [...complaint, summoned(), held('SETTLEMENT_REACHED')];

describe('the confrontation', () => {
  it('starts with a summons to both parties, and who came is recorded', () => {
    given(decider, complaint).when(summon).then([summoned()]);
    given(decider, [...complaint, summoned()])
      .when({ type: 'RecordConfrontation', result: 'NO_SETTLEMENT', attended: ['COMPLAINANT'] })
      .then([
        {
          type: 'ConfrontationHeld',
          data: { summonsId: id(1), result: 'NO_SETTLEMENT', attended: ['COMPLAINANT'] },
        },
      ]);
  });
  it('is not summoned to a day that has passed, today is early enough', () => {
    given(decider, complaint)
      .when({ ...summon, date: '2026-05-02' })
      .thenRejected('DATE_PAST');
    given(decider, complaint)
      .when({ ...summon, date: '2026-05-03' })
      .then([summoned(1, '2026-05-03')]);
  });
  it('is offered only where the category knows it', () => {
    given(decider, withOwner()).when(summon).thenRejected('CONFRONTATION_NOT_OFFERED');
  });
  it('needs a summons before it is held', () => {
    given(decider, complaint)
      .when({ type: 'RecordConfrontation', result: 'NOT_HELD', attended: [] })
      .thenRejected('SUMMONS_REQUIRED');
  });
  it('cannot settle when a party was absent', () => {
    given(decider, [...complaint, summoned()])
      .when({ type: 'RecordConfrontation', result: 'SETTLEMENT_REACHED', attended: ['COMPLAINANT'] })
      .thenRejected('ATTENDANCE_INCOMPLETE');
  });
  it('has one result per summons', () => {
    given(decider, unsettled)
      .when({
        type: 'RecordConfrontation',
        result: 'SETTLEMENT_REACHED',
        attended: ['COMPLAINANT', 'RESPONDENT'],
      })
      .thenRejected('CONFRONTATION_RECORDED');
  });
});

describe('after a confrontation without settlement', () => {
  it('only the prosecution or a new summons may follow, and the referral is stored with its date', () => {
    proves('KWT-09');
    const source = 'INTERNAL';
    const resolve = {
      type: 'ReturnResolution',
      resolutionId: id(7),
      source,
      resolution: sealed('x'),
      result: 'SOLVED',
      lawReference: 'x',
    } as const;
    given(resolutionDecider(rules), unsettled)
      .when(resolve)
      .thenRejected('CONFRONTATION_UNSETTLED', { next: ['ReferToProsecution', 'IssueSummons'] });
    given(fieldWorkDecider(rules), unsettled)
      .when({
        type: 'AddAction',
        actionId: id(8),
        by: { line: 'THIRD', source },
        description: sealed('x'),
        state: 'DONE',
      })
      .thenRejected('CONFRONTATION_UNSETTLED');
    given(deliveryDecider(rules), unsettled)
      .when({ type: 'ReturnAsMisrouted', source, reason: 'x' })
      .thenRejected('CONFRONTATION_UNSETTLED');
    given(decider, unsettled).when(settle).thenRejected('SETTLEMENT_NOT_REACHED');
    given(decider, unsettled)
      .when({ ...summon, summonsId: id(2), date: '2026-05-20' })
      .then([summoned(2, '2026-05-20')]);
    given(decider, unsettled)
      .when(prosecute)
      .then([{ type: 'CaseReferredToProsecution', data: { lawReference: 'المادة 10', date: '2026-05-11' } }]);
  });
  it('the prosecution needs a confrontation that was held', () => {
    given(decider, complaint).when(prosecute).thenRejected('CONFRONTATION_REQUIRED');
    given(decider, [...complaint, summoned(), held('NOT_HELD')])
      .when(prosecute)
      .thenRejected('CONFRONTATION_REQUIRED');
  });
});

describe('a settlement', () => {
  it('is recorded, and the complaint closes as SETTLED without prosecution', () => {
    proves('KWT-10');
    const settled: DispatchInput = {
      type: 'SettlementRecorded',
      data: { terms: sealed('استبدال الجهاز'), lawReference: 'المادة 10' },
    };
    given(decider, reached).when(settle).then([settled]);
    given(decider, [...reached, settled])
      .when(prosecute)
      .thenRejected('SETTLEMENT_REQUIRED');
    const informed: DispatchInput = {
      type: 'ReporterInformed',
      data: { channel: 'PHONE', outcome: 'REACHED' },
    };
    given(closingDecider(rules), [...reached, settled, informed])
      .when({ type: 'CloseCase', at: '2026-05-12T06:00:00.000Z' })
      .then([{ type: 'CaseClosed', data: { outcome: 'SETTLED', closedAt: '2026-05-12T06:00:00.000Z' } }]);
  });
  it('is recorded before anything else is decided', () => {
    given(decider, reached).when(prosecute).thenRejected('SETTLEMENT_REQUIRED');
    given(decider, reached)
      .when({ ...summon, summonsId: id(2) })
      .thenRejected('SETTLEMENT_REQUIRED');
  });
  it('needs a confrontation that reached it', () => {
    given(decider, [...complaint, summoned()])
      .when(settle)
      .thenRejected('SETTLEMENT_NOT_REACHED');
  });
});

describe('a decision', () => {
  it('without a law reference is not saved', () => {
    proves('KWT-07');
    given(decider, reached)
      .when({ ...settle, lawReference: ' ' })
      .thenRejected('LAW_REFERENCE_REQUIRED');
    given(decider, unsettled)
      .when({ ...prosecute, lawReference: '' })
      .thenRejected('LAW_REFERENCE_REQUIRED');
    const resolve = {
      type: 'ReturnResolution',
      resolutionId: id(7),
      source: 'INTERNAL',
      resolution: sealed('x'),
      result: 'REJECTED',
    } as const;
    given(resolutionDecider(rules), complaint).when(resolve).thenRejected('LAW_REFERENCE_REQUIRED');
    given(resolutionDecider(rules), complaint)
      .when({ ...resolve, lawReference: 'المادة 10' })
      .then([
        {
          type: 'ResolutionReturned',
          data: {
            resolutionId: id(7),
            source: 'INTERNAL',
            resolution: sealed('x'),
            result: 'REJECTED',
            lawReference: 'المادة 10',
          },
        },
      ]);
  });
});
