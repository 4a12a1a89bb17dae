import { type Owner, type Sealed } from '@balagh/case-events';
import { type Decision, accept, reject } from '@balagh/decider';
import { deciding } from './dispatch-case';
import { dueOfDelivery } from './deadlines';
import { type DispatchCase, type DispatchOutput } from './dispatch-state';
import {
  INTERNAL,
  type Source,
  isBlank,
  refuseEnded,
  refuseUnlessWithSecondLine,
  refuseUnlessWithThirdLine,
  refuseUnsettled,
} from './place.guard';
import { type Rules, agencyOf, knowsInternalOwner } from './rules';

export interface ReferCase {
  readonly type: 'ReferCase';
  readonly referralId: string;
  /** Absent: the owner that routing proposed. */
  readonly owner?: Owner | undefined;
  readonly note?: Sealed | undefined;
  /** RFC 3339, now. */
  readonly at: string;
}

export interface TransferCase {
  readonly type: 'TransferCase';
  readonly transferId: string;
  /** Absent: the agency that routing proposed. */
  readonly agency?: string | undefined;
  readonly note?: Sealed | undefined;
  readonly at: string;
}

export interface RecordFollowUp {
  readonly type: 'RecordFollowUp';
  readonly followUpId: string;
  readonly note: Sealed;
}

export interface Acknowledge {
  readonly type: 'Acknowledge';
  readonly source: Source;
  readonly externalReference?: string | undefined;
}

export interface ReturnAsMisrouted {
  readonly type: 'ReturnAsMisrouted';
  readonly source: Source;
  readonly reason: string;
}

export type DeliveryCommand = ReferCase | TransferCase | RecordFollowUp | Acknowledge | ReturnAsMisrouted;

/**
 * The second line delivers and follows up; the third line says that it has the case, or that it is not its own
 * (MUS-12, MUS-32, MUS-34, BAH-25). `rules.profile` names the parties and the limits; agencies' switches are the
 * latest ones, so the caller passes the agency list in force now (MUS-37).
 */
export const deliveryDecider = (
  rules: Rules,
  agencies: Rules['profile']['agencies'] = rules.profile.agencies,
) =>
  deciding<DeliveryCommand>((command, state) => {
    switch (command.type) {
      case 'ReferCase':
        return refer(command, state, rules);
      case 'TransferCase':
        return transfer(command, state, { ...rules, profile: { ...rules.profile, agencies } });
      case 'RecordFollowUp':
        return followUp(command, state);
      case 'Acknowledge':
        return acknowledge(command, state);
      case 'ReturnAsMisrouted':
        return returnAsMisrouted(command, state);
    }
  });

function refer(command: ReferCase, state: DispatchCase, rules: Rules): Decision<DispatchOutput> {
  const { referralId, note, at } = command;
  if (state.handled.includes(referralId)) return accept();
  const refused = refuseUnlessWithSecondLine(state);
  if (refused !== undefined) return refused;
  const owner = command.owner ?? state.proposed?.owner;
  if (owner === undefined || !knowsInternalOwner(rules.profile, owner))
    return reject('OWNER_UNKNOWN', 'invalid');
  const dueAt = dueOfDelivery(state, at, rules);
  const referralDate = rules.time.localDay(at);
  return accept({
    type: 'CaseReferred',
    data: { referralId, owner, referralDate, dueAt, ...(note === undefined ? {} : { note }) },
  });
}

function transfer(command: TransferCase, state: DispatchCase, rules: Rules): Decision<DispatchOutput> {
  const { transferId, note, at } = command;
  if (state.handled.includes(transferId)) return accept();
  const refused = refuseUnlessWithSecondLine(state);
  if (refused !== undefined) return refused;
  const proposed = state.proposed?.owner;
  const code = command.agency ?? (proposed?.kind === 'AGENCY' ? proposed.code : undefined);
  const agency = code === undefined ? undefined : agencyOf(rules.profile, code);
  if (agency === undefined) return reject('AGENCY_UNKNOWN', 'invalid');
  const { mode, transports, names } = agency;
  if (mode === 'OFF') return reject('AGENCY_OFF');
  return accept({
    type: 'CaseTransferred',
    data: {
      transferId,
      agency: agency.code,
      agencyAr: names.ar,
      agencyEn: names.en,
      mode,
      transports,
      dueAt: dueOfDelivery(state, at, rules),
      ...(note === undefined ? {} : { note }),
    },
  });
}

function followUp({ followUpId, note }: RecordFollowUp, state: DispatchCase): Decision<DispatchOutput> {
  if (state.handled.includes(followUpId)) return accept();
  const refused = refuseEnded(state);
  if (refused !== undefined) return refused;
  if (state.place === 'NOWHERE') return reject('CASE_NOT_WITH_SECOND_LINE');
  return accept({ type: 'FollowUpRecorded', data: { followUpId, note } });
}

function acknowledge(command: Acknowledge, state: DispatchCase): Decision<DispatchOutput> {
  const { source, externalReference } = command;
  const refused = refuseUnlessWithThirdLine(state, source);
  if (refused !== undefined) return refused;
  if (state.delivery?.acknowledged === true) return accept();
  return accept({
    type: 'Acknowledged',
    data: { source, ...(externalReference === undefined ? {} : { externalReference }) },
  });
}

function returnAsMisrouted(
  { source, reason }: ReturnAsMisrouted,
  state: DispatchCase,
): Decision<DispatchOutput> {
  if (isRepeatedReturn(state, source, reason)) return accept();
  const refused = refuseUnlessWithThirdLine(state, source) ?? refuseUnsettled(state);
  if (refused !== undefined) return refused;
  if (isBlank(reason)) return reject('REASON_REQUIRED', 'invalid');
  const from = state.delivery?.owner;
  if (from === undefined || state.settled || state.prosecuted) return reject('CASE_ANSWERED');
  return accept({ type: 'CaseReturnedAsMisrouted', data: { from, reason, count: state.misroutes + 1 } });
}

function isRepeatedReturn(state: DispatchCase, source: Source, reason: string): boolean {
  const last = state.lastReturn;
  if (state.phase !== 'registered' || state.place !== 'SECOND_LINE' || last?.reason !== reason) return false;
  return source === INTERNAL ? last.from.kind !== 'AGENCY' : last.from.code === source;
}
