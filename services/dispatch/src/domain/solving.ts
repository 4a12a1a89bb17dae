import { type Owner } from '@balagh/case-events';
import { type DispatchCase, type DispatchInput } from './dispatch-state';
import { evolveTelling } from './telling';

/** Nothing is solved or told yet: how a delivery and a reopening begin. */
const afresh: Partial<DispatchCase> = {
  settled: false,
  prosecuted: false,
  replied: false,
  replyRevision: undefined,
  teamsOut: [],
  replyMessages: {},
  respondentMessages: {},
  attempts: [],
  informedBy: [],
  resolution: undefined,
  verification: undefined,
  confrontation: undefined,
  lawReference: undefined,
  unansweredReminders: 0,
  nextReminderAt: undefined,
};

/** The part of the fold between the second line's queue and the returned reply. */
export function evolveSolving(state: DispatchCase, event: DispatchInput): Partial<DispatchCase> {
  const at = event.metadata?.recordedAt;
  switch (event.type) {
    case 'CaseSentToSecondLine':
      return { place: 'SECOND_LINE' };
    case 'CaseReferred':
      return delivered(state, event.data.referralId, event.data.owner, event.data.dueAt, at);
    case 'CaseTransferred':
      return delivered(
        state,
        event.data.transferId,
        { kind: 'AGENCY', code: event.data.agency },
        event.data.dueAt,
        at,
      );
    case 'CaseReturnedAsMisrouted': {
      const { from, reason, count } = event.data;
      return {
        ...afresh,
        place: 'SECOND_LINE',
        delivery: undefined,
        lastReturn: { from, reason },
        misroutes: count,
      };
    }
    case 'CaseReopened':
      return {
        ...afresh,
        handled: [...state.handled, event.data.reopeningId],
        place: 'SECOND_LINE',
        delivery: undefined,
        closing: undefined,
        reopenings: state.reopenings + 1,
      };
    case 'Acknowledged':
      return state.delivery === undefined ? {} : { delivery: { ...state.delivery, acknowledged: true } };
    case 'FollowUpRecorded':
      return { handled: [...state.handled, event.data.followUpId] };
    case 'ReminderIssued':
      return { unansweredReminders: event.data.n, nextReminderAt: event.data.nextAt };
    case 'CaseEscalated':
      // A breached deadline leaves the reminders as they are; after silence they count anew.
      return {
        escalationLevel: event.data.level,
        ...(event.data.nextAt === undefined
          ? {}
          : { unansweredReminders: 0, nextReminderAt: event.data.nextAt }),
      };
    case 'SlaBreached':
      return { breaches: [...state.breaches, { sla: event.data.sla, deliveryId: state.delivery?.id }] };
    case 'DueDateRecomputed':
      return state.delivery === undefined ? {} : { delivery: { ...state.delivery, dueAt: event.data.dueAt } };
    default:
      return evolveOwnersActs(state, event);
  }
}

function evolveOwnersActs(state: DispatchCase, event: DispatchInput): Partial<DispatchCase> {
  const handled = (id: string): Partial<DispatchCase> => ({
    ...ownersAct(state, event),
    handled: [...state.handled, id],
  });
  switch (event.type) {
    case 'ActionAdded':
      return handled(event.data.actionId);
    case 'LegalActionRecorded':
      return handled(event.data.legalActionId);
    case 'FieldTeamSent':
      return { ...ownersAct(state, event), teamsOut: [...state.teamsOut, event.data.teamId] };
    case 'FieldVerificationRecorded': {
      const { teamId, result } = event.data;
      const teamsOut = state.teamsOut.filter((team) => team !== teamId);
      return { ...ownersAct(state, event), teamsOut, verification: { teamId, result } };
    }
    case 'SummonsIssued': {
      const { summonsId, date } = event.data;
      return { ...handled(summonsId), confrontation: { summonsId, date } };
    }
    case 'ConfrontationHeld': {
      const { confrontation } = state;
      if (confrontation === undefined) return {};
      return { ...ownersAct(state, event), confrontation: { ...confrontation, result: event.data.result } };
    }
    case 'SettlementRecorded':
      return { ...answer(state, event), settled: true, lawReference: event.data.lawReference };
    case 'CaseReferredToProsecution':
      return { ...answer(state, event), prosecuted: true, lawReference: event.data.lawReference };
    case 'ResolutionReturned': {
      const { resolutionId, resolution: text, result, lawReference } = event.data;
      return {
        ...handled(resolutionId),
        ...answer(state, event),
        place: 'SECOND_LINE',
        resolution: { text, result },
        lawReference: lawReference ?? state.lawReference,
      };
    }
    default:
      return evolveTelling(state, event);
  }
}

function delivered(
  state: DispatchCase,
  id: string,
  owner: Owner,
  dueAt: string,
  at: string | undefined,
): Partial<DispatchCase> {
  return {
    ...afresh,
    handled: [...state.handled, id],
    place: owner.kind === 'AGENCY' ? 'AGENCY' : 'THIRD_LINE',
    delivery: { id, owner, dueAt, acknowledged: false, deliveredAt: at, lastActAt: undefined },
    firstDeliveredAt: state.firstDeliveredAt ?? at,
  };
}

/** An act of the owner answers the reminders: the interval starts again. The second line's own actions do not. */
function ownersAct(state: DispatchCase, event: DispatchInput): Partial<DispatchCase> {
  if (state.delivery === undefined || event.metadata?.line === '2') return {};
  return {
    delivery: { ...state.delivery, lastActAt: event.metadata?.recordedAt },
    unansweredReminders: 0,
    nextReminderAt: undefined,
  };
}

/** An act after which the reporter can be told something. */
function answer(state: DispatchCase, event: DispatchInput): Partial<DispatchCase> {
  return {
    ...ownersAct(state, event),
    firstAnsweredAt: state.firstAnsweredAt ?? event.metadata?.recordedAt,
  };
}
