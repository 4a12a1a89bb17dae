import { type Sealed } from '@balagh/case-events';
import { type Decision, accept, reject } from '@balagh/decider';
import { deciding } from './dispatch-case';
import { type DispatchCase, type DispatchOutput } from './dispatch-state';
import { INTERNAL, isBlank, refuseUnlessWithThirdLine } from './place.guard';
import { type Rules, categoryOf } from './rules';

type Party = 'COMPLAINANT' | 'RESPONDENT';

export interface IssueSummons {
  readonly type: 'IssueSummons';
  readonly summonsId: string;
  /** `YYYY-MM-DD` in the tenant's time zone. */
  readonly date: string;
  /** Today, in the tenant's time zone. */
  readonly today: string;
}

export interface RecordConfrontation {
  readonly type: 'RecordConfrontation';
  readonly result: 'SETTLEMENT_REACHED' | 'NO_SETTLEMENT' | 'NOT_HELD';
  readonly attended: readonly Party[];
}

export interface RecordSettlement {
  readonly type: 'RecordSettlement';
  readonly terms: Sealed;
  readonly lawReference: string;
}

export interface ReferToProsecution {
  readonly type: 'ReferToProsecution';
  readonly lawReference: string;
  readonly today: string;
}

export type ConfrontationCommand = IssueSummons | RecordConfrontation | RecordSettlement | ReferToProsecution;

/** Summons → confrontation → settlement or prosecution, each decision citing its law (KWT-07 … KWT-10). */
export const confrontationDecider = ({ profile }: Pick<Rules, 'profile'>) =>
  deciding<ConfrontationCommand>((command, state) => {
    switch (command.type) {
      case 'IssueSummons':
        return summon(command, state, profile);
      case 'RecordConfrontation':
        return confront(command, state);
      case 'RecordSettlement':
        return settle(command, state);
      case 'ReferToProsecution':
        return prosecute(command, state);
    }
  });

function summon(
  command: IssueSummons,
  state: DispatchCase,
  profile: Rules['profile'],
): Decision<DispatchOutput> {
  const { summonsId, date, today } = command;
  if (state.handled.includes(summonsId)) return accept();
  const refused = refuseUnlessWithThirdLine(state, INTERNAL) ?? refuseDecided(state);
  if (refused !== undefined) return refused;
  if (categoryOf(profile, state.category)?.confrontation !== true) return reject('CONFRONTATION_NOT_OFFERED');
  if (state.confrontation?.result === 'SETTLEMENT_REACHED') return reject('SETTLEMENT_REQUIRED');
  if (date < today) return reject('DATE_PAST', 'invalid');
  return accept({ type: 'SummonsIssued', data: { summonsId, date, parties: ['COMPLAINANT', 'RESPONDENT'] } });
}

function confront({ result, attended }: RecordConfrontation, state: DispatchCase): Decision<DispatchOutput> {
  const refused = refuseUnlessWithThirdLine(state, INTERNAL) ?? refuseDecided(state);
  if (refused !== undefined) return refused;
  const { confrontation } = state;
  if (confrontation === undefined) return reject('SUMMONS_REQUIRED');
  if (confrontation.result !== undefined) {
    return confrontation.result === result ? accept() : reject('CONFRONTATION_RECORDED');
  }
  const parties = (['COMPLAINANT', 'RESPONDENT'] as const).filter((party) => attended.includes(party));
  if (result === 'SETTLEMENT_REACHED' && parties.length < 2)
    return reject('ATTENDANCE_INCOMPLETE', 'invalid');
  return accept({
    type: 'ConfrontationHeld',
    data: { summonsId: confrontation.summonsId, result, attended: parties },
  });
}

function settle({ terms, lawReference }: RecordSettlement, state: DispatchCase): Decision<DispatchOutput> {
  const refused = refuseUnlessWithThirdLine(state, INTERNAL);
  if (refused !== undefined) return refused;
  if (isBlank(lawReference)) return reject('LAW_REFERENCE_REQUIRED', 'invalid');
  if (state.settled) return accept();
  if (state.confrontation?.result !== 'SETTLEMENT_REACHED') return reject('SETTLEMENT_NOT_REACHED');
  return accept({ type: 'SettlementRecorded', data: { terms, lawReference } });
}

function prosecute(
  { lawReference, today }: ReferToProsecution,
  state: DispatchCase,
): Decision<DispatchOutput> {
  const refused = refuseUnlessWithThirdLine(state, INTERNAL);
  if (refused !== undefined) return refused;
  if (isBlank(lawReference)) return reject('LAW_REFERENCE_REQUIRED', 'invalid');
  if (state.prosecuted) return accept();
  const result = state.confrontation?.result;
  if (result === 'SETTLEMENT_REACHED') return reject('SETTLEMENT_REQUIRED');
  if (result !== 'NO_SETTLEMENT') return reject('CONFRONTATION_REQUIRED');
  return accept({ type: 'CaseReferredToProsecution', data: { lawReference, date: today } });
}

/** A settled or prosecuted complaint is not confronted again. */
function refuseDecided(state: DispatchCase) {
  return state.settled || state.prosecuted ? reject('CASE_ANSWERED') : undefined;
}
