import { given } from '@balagh/decider';
import { proves } from '@balagh/testing';
import { answered, closed, id, inQueue, rulesOf, sealed, withOwner } from '../../spec/history.fixture';
import { type DispatchInput } from './dispatch-case';
import { type FieldWorkCommand, fieldWorkDecider } from './field-work.decider';

const decider = fieldWorkDecider(rulesOf('QAT-MME'));
const ENV_SECTOR = { kind: 'UNIT', code: 'ENV_SECTOR' } as const;
const camels = withOwner(ENV_SECTOR, {
  caseType: 'VIOLATION_REPORT',
  category: 'STRAY_CAMELS',
  sector: 'ENVIRONMENT',
});
const dogs = withOwner({ kind: 'UNIT', code: 'MUN_SECTOR' }, { category: 'STRAY_DOGS' });
const teamSent: DispatchInput = { type: 'FieldTeamSent', data: { teamId: 'TEAM-ENV-1' } };
const found = (result: 'CONFIRMED' | 'NOT_CONFIRMED'): DispatchInput => ({
  type: 'FieldVerificationRecorded',
  data: { teamId: 'TEAM-ENV-1', result },
});
const legalAction: FieldWorkCommand = { type: 'RecordLegalAction', legalActionId: id(1) };

describe('legal action', () => {
  it('needs a confirmed verification where the category says so', () => {
    proves('QAT-06');
    given(decider, camels).when(legalAction).thenRejected('VERIFICATION_REQUIRED');
    given(decider, [...camels, teamSent])
      .when(legalAction)
      .thenRejected('VERIFICATION_REQUIRED');
    given(decider, [...camels, teamSent, found('CONFIRMED')])
      .when(legalAction)
      .then([{ type: 'LegalActionRecorded', data: { legalActionId: id(1), basis: 'قرار حظر الرعي' } }]);
  });
  it('is refused when the team did not confirm', () => {
    given(decider, [...camels, teamSent, found('NOT_CONFIRMED')])
      .when(legalAction)
      .thenRejected('VERIFICATION_REQUIRED');
  });
  it('waits for a team that was sent again', () => {
    given(decider, [...camels, teamSent, found('CONFIRMED'), teamSent])
      .when(legalAction)
      .thenRejected('VERIFICATION_REQUIRED');
  });
  it('cites the basis that the officer names', () => {
    given(decider, [...camels, teamSent, found('CONFIRMED')])
      .when({ ...legalAction, basis: 'المادة 5' })
      .then([{ type: 'LegalActionRecorded', data: { legalActionId: id(1), basis: 'المادة 5' } }]);
  });
  it('needs a basis, the category’s or the officer’s', () => {
    given(decider, dogs).when(legalAction).thenRejected('LEGAL_BASIS_REQUIRED');
  });
  it('needs no verification in other categories', () => {
    given(decider, dogs)
      .when({ ...legalAction, basis: 'المادة 5' })
      .then([{ type: 'LegalActionRecorded', data: { legalActionId: id(1), basis: 'المادة 5' } }]);
  });
});

describe('field teams', () => {
  const send: FieldWorkCommand = { type: 'SendFieldTeam', teamId: 'TEAM-ENV-1' };
  const verify: FieldWorkCommand = { type: 'RecordVerification', teamId: 'TEAM-ENV-1', result: 'CONFIRMED' };

  it('are sent by the owner', () => {
    given(decider, camels).when(send).then([teamSent]);
  });
  it('are teams of the profile', () => {
    given(decider, camels)
      .when({ ...send, teamId: 'TEAM-NOBODY' })
      .thenRejected('TEAM_UNKNOWN');
  });
  it('are not sent twice before they reported', () => {
    given(decider, [...camels, teamSent])
      .when(send)
      .thenNothingHappened();
  });
  it('report what they found, sealed', () => {
    const findings = sealed('جمال سائبة');
    given(decider, [...camels, teamSent])
      .when({ ...verify, findings })
      .then([
        { type: 'FieldVerificationRecorded', data: { teamId: 'TEAM-ENV-1', result: 'CONFIRMED', findings } },
      ]);
  });
  it('cannot report when they were not sent', () => {
    given(decider, camels).when(verify).thenRejected('TEAM_NOT_SENT');
    given(decider, [...camels, teamSent, found('NOT_CONFIRMED')])
      .when(verify)
      .thenRejected('TEAM_NOT_SENT');
  });
  it('are not sent while the case is with the second line', () => {
    given(decider, inQueue(ENV_SECTOR)).when(send).thenRejected('CASE_NOT_WITH_THIRD_LINE');
  });
});

describe('actions', () => {
  const act = (by: Extract<FieldWorkCommand, { type: 'AddAction' }>['by']): FieldWorkCommand => ({
    type: 'AddAction',
    actionId: id(5),
    by,
    description: sealed('تم الكشف'),
    state: 'OPEN',
  });
  const added = (source: string): DispatchInput => ({
    type: 'ActionAdded',
    data: { actionId: id(5), source, description: sealed('تم الكشف'), state: 'OPEN' },
  });

  it('of the owner carry their state', () => {
    given(decider, camels)
      .when(act({ line: 'THIRD', source: 'INTERNAL' }))
      .then([added('INTERNAL')]);
  });
  it('of an agency are attributed to it, and of our side to us', () => {
    const shared = withOwner({ kind: 'AGENCY', code: 'PACP' });
    given(decider, shared)
      .when(act({ line: 'THIRD', source: 'PACP' }))
      .then([added('PACP')]);
    given(decider, shared)
      .when(act({ line: 'SECOND' }))
      .then([added('INTERNAL')]);
  });
  it('of the owner end with the delivery, of the second line with the case', () => {
    given(decider, answered())
      .when(act({ line: 'THIRD', source: 'INTERNAL' }))
      .thenRejected('CASE_NOT_WITH_THIRD_LINE');
    given(decider, answered())
      .when(act({ line: 'SECOND' }))
      .then([added('INTERNAL')]);
    given(decider, [...answered(), closed()])
      .when(act({ line: 'SECOND' }))
      .thenRejected('CASE_CLOSED');
  });
});
