import { type CaseView, type Owner, type StoredEvent, foldCase } from '@balagh/case-events';
import { type DispatchCase } from './dispatch-case';
import { isAnswered } from './place.guard';

/** Whose turn it is; NOBODY's when the case is not registered yet or has ended. */
export type Turn = 'ROUTING' | 'SECOND_LINE' | 'THIRD_LINE' | 'NOBODY';

/** One case in the work lists of lines 2 and 3, folded from its whole stream (MUS-48). */
export interface QueueEntry {
  readonly caseId: string;
  readonly tenant: string;
  readonly caseNumber: string;
  readonly turn: Turn;
  readonly stage: string;
  readonly category: string;
  readonly caseType: string;
  readonly priority: string;
  /** The party that rules or people proposed, or the one that has the case. */
  readonly owner?: Owner;
  readonly queue?: string;
  /** RFC 3339. */
  readonly registeredAt: string;
  readonly dueAt?: string;
  /** Reminders that the owner has not answered by an act. */
  readonly reminders: number;
  readonly escalationLevel: number;
  readonly misroutes: number;
  /** The owner is silent or late: the second line follows up (MUS-25, MUS-34). */
  readonly followUp: boolean;
  readonly actionsTotal: number;
  readonly actionsDone: number;
  readonly decisionVersion: number;
  /** Number of events folded. */
  readonly version: number;
}

/** `state`: the same events, folded. Undefined while the case is not registered: it has no number yet. */
export function queueEntryOf(
  caseId: string,
  events: readonly StoredEvent[],
  state: DispatchCase,
): QueueEntry | undefined {
  const view = foldCase(events);
  const { caseNumber, category, caseType, registeredAt } = view;
  const tenant = events[0]?.metadata.tenant;
  if (tenant === undefined || caseNumber === undefined || registeredAt === undefined) return undefined;
  const turn = turnOf(state);
  return {
    caseId,
    tenant,
    caseNumber,
    turn,
    stage: view.stage,
    category: category ?? '',
    caseType: caseType ?? '',
    priority: view.priority ?? 'NORMAL',
    ...parties(view, state),
    registeredAt,
    ...(state.delivery === undefined ? {} : { dueAt: state.delivery.dueAt }),
    reminders: state.unansweredReminders,
    escalationLevel: state.escalationLevel,
    misroutes: state.misroutes,
    followUp: turn === 'THIRD_LINE' && isSilentOrLate(state),
    actionsTotal: view.actions.total,
    actionsDone: view.actions.done,
    decisionVersion: view.decisionVersion,
    version: view.version,
  };
}

function turnOf(state: DispatchCase): Turn {
  if (state.phase !== 'registered') return 'NOBODY';
  if (state.place === 'NOWHERE') return 'ROUTING';
  // Settled or prosecuted: the second line tells the reporter, although nothing was returned.
  return state.place === 'SECOND_LINE' || isAnswered(state) ? 'SECOND_LINE' : 'THIRD_LINE';
}

function parties(view: CaseView, state: DispatchCase): Pick<QueueEntry, 'owner' | 'queue'> {
  const owner = state.delivery?.owner ?? state.proposed?.owner ?? view.owner;
  return {
    ...(owner === undefined ? {} : { owner }),
    ...(view.queue === undefined ? {} : { queue: view.queue }),
  };
}

function isSilentOrLate({ unansweredReminders, escalationLevel, breaches, delivery }: DispatchCase): boolean {
  const late = breaches.some(({ deliveryId }) => deliveryId === delivery?.id);
  return unansweredReminders > 0 || escalationLevel > 0 || late;
}
