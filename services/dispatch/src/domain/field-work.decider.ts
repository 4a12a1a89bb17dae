import { type Sealed } from '@balagh/case-events';
import { type Decision, accept, reject } from '@balagh/decider';
import { deciding } from './dispatch-case';
import { type DispatchCase, type DispatchOutput } from './dispatch-state';
import {
  INTERNAL,
  type Source,
  isBlank,
  refuseEnded,
  refuseUnlessWithThirdLine,
  refuseUnsettled,
} from './place.guard';
import { type Rules, categoryOf } from './rules';

export interface AddAction {
  readonly type: 'AddAction';
  readonly actionId: string;
  /** The second line may add what it did while another party has the case (S9 step 8). */
  readonly by: { readonly line: 'SECOND' } | { readonly line: 'THIRD'; readonly source: Source };
  readonly description: Sealed;
  readonly state: 'OPEN' | 'DONE';
}

export interface SendFieldTeam {
  readonly type: 'SendFieldTeam';
  readonly teamId: string;
}

export interface RecordVerification {
  readonly type: 'RecordVerification';
  readonly teamId: string;
  readonly result: 'CONFIRMED' | 'NOT_CONFIRMED';
  readonly findings?: Sealed | undefined;
}

export interface RecordLegalAction {
  readonly type: 'RecordLegalAction';
  readonly legalActionId: string;
  /** Absent: the legal basis of the category. */
  readonly basis?: string | undefined;
}

export type FieldWorkCommand = AddAction | SendFieldTeam | RecordVerification | RecordLegalAction;

/** Measures toward completion, field teams, and legal action only after confirmation (MUS-39, QAT-05, QAT-06). */
export const fieldWorkDecider = ({ profile }: Pick<Rules, 'profile'>) =>
  deciding<FieldWorkCommand>((command, state) => {
    switch (command.type) {
      case 'AddAction':
        return addAction(command, state);
      case 'SendFieldTeam':
        return sendTeam(command, state, profile);
      case 'RecordVerification':
        return recordVerification(command, state);
      case 'RecordLegalAction':
        return recordLegalAction(command, state, profile);
    }
  });

function addAction(command: AddAction, state: DispatchCase): Decision<DispatchOutput> {
  const { actionId, by, description, state: progress } = command;
  if (state.handled.includes(actionId)) return accept();
  const refused = by.line === 'SECOND' ? refuseUndispatched(state) : refuseThirdLine(state, by.source);
  if (refused !== undefined) return refused;
  const source = by.line === 'SECOND' ? INTERNAL : by.source;
  return accept({ type: 'ActionAdded', data: { actionId, source, description, state: progress } });
}

function sendTeam(
  { teamId }: SendFieldTeam,
  state: DispatchCase,
  profile: Rules['profile'],
): Decision<DispatchOutput> {
  const refused = refuseThirdLine(state, INTERNAL);
  if (refused !== undefined) return refused;
  if (!profile.teams.some(({ code }) => code === teamId)) return reject('TEAM_UNKNOWN', 'invalid');
  if (state.teamsOut.includes(teamId)) return accept();
  return accept({ type: 'FieldTeamSent', data: { teamId } });
}

function recordVerification(command: RecordVerification, state: DispatchCase): Decision<DispatchOutput> {
  const { teamId, result, findings } = command;
  const refused = refuseThirdLine(state, INTERNAL);
  if (refused !== undefined) return refused;
  if (!state.teamsOut.includes(teamId)) {
    const recorded = state.verification?.teamId === teamId && state.verification.result === result;
    return recorded ? accept() : reject('TEAM_NOT_SENT');
  }
  return accept({
    type: 'FieldVerificationRecorded',
    data: { teamId, result, ...(findings === undefined ? {} : { findings }) },
  });
}

function recordLegalAction(
  command: RecordLegalAction,
  state: DispatchCase,
  profile: Rules['profile'],
): Decision<DispatchOutput> {
  const { legalActionId } = command;
  if (state.handled.includes(legalActionId)) return accept();
  const refused = refuseThirdLine(state, INTERNAL);
  if (refused !== undefined) return refused;
  const category = categoryOf(profile, state.category);
  const confirmed = state.verification?.result === 'CONFIRMED' && state.teamsOut.length === 0;
  if (category?.verificationRequired === true && !confirmed) return reject('VERIFICATION_REQUIRED');
  const basis = isBlank(command.basis) ? category?.legalBasis : command.basis;
  if (basis === undefined) return reject('LEGAL_BASIS_REQUIRED', 'invalid');
  return accept({ type: 'LegalActionRecorded', data: { legalActionId, basis } });
}

function refuseThirdLine(state: DispatchCase, source: Source) {
  return refuseUnlessWithThirdLine(state, source) ?? refuseUnsettled(state);
}

function refuseUndispatched(state: DispatchCase) {
  return refuseEnded(state) ?? (state.place === 'NOWHERE' ? reject('CASE_NOT_WITH_SECOND_LINE') : undefined);
}
