import { type Decision, accept } from '@balagh/decider';
import { deciding } from './dispatch-case';
import { dueOfDelivery, isDeliveryOverdue, openDeadlines, passedDeadlines } from './deadlines';
import { type DispatchCase, type DispatchOutput } from './dispatch-state';
import { isAnswered } from './place.guard';
import { type Rules } from './rules';

/** A due time may have passed. `at` is now; early and repeated calls change nothing. */
export interface RemindOwner {
  readonly type: 'RemindOwner';
  readonly at: string;
}

export interface CheckDeadlines {
  readonly type: 'CheckDeadlines';
  readonly at: string;
}

/** The calendar was published anew. */
export interface RecomputeDueDate {
  readonly type: 'RecomputeDueDate';
}

export type ReminderCommand = RemindOwner | CheckDeadlines | RecomputeDueDate;

/** Bounds the count of intervals that one outage can hide. */
const longestOutage = 60;

/** Reminders to a silent owner, escalation after the last one, time limits once each (MUS-25, MUS-50, BAH-08). */
export const remindersDecider = (rules: Rules) =>
  deciding<ReminderCommand>((command, state) => {
    switch (command.type) {
      case 'RemindOwner':
        return remind(command.at, state, rules);
      case 'CheckDeadlines':
        return checkDeadlines(command.at, state, rules);
      case 'RecomputeDueDate':
        return recompute(state, rules);
    }
  });

/** When the owner is to be reminded next, within working hours; undefined while nobody owes an act. */
export function nextReminderAt(state: DispatchCase, { profile, time }: Rules): string | undefined {
  const { delivery, place } = state;
  const waiting =
    state.phase === 'registered' && (place === 'THIRD_LINE' || place === 'AGENCY') && !isAnswered(state);
  const since = delivery?.lastActAt ?? delivery?.deliveredAt;
  if (!waiting || since === undefined) return undefined;
  return state.nextReminderAt ?? afterInterval(since, { profile, time });
}

/** When the earliest open time limit passes. */
export function nextDeadlineAt(state: DispatchCase, rules: Rules): string | undefined {
  return openDeadlines(state, rules)[0]?.dueAt;
}

/**
 * After an outage the intervals that passed collapse into the latest reminder, and never into an escalation: an owner
 * is escalated only after a last reminder and a full interval of silence.
 */
function remind(at: string, state: DispatchCase, rules: Rules): Decision<DispatchOutput> {
  const { profile, time } = rules;
  const due = nextReminderAt(state, rules);
  const owner = state.delivery?.owner;
  if (due === undefined || owner === undefined || at < due || !time.isOpen(at)) return accept();
  const { escalateAfter } = profile.reminders;
  const nextAt = afterInterval(at, rules);
  const level = levelAfter(state, rules);
  if (level !== undefined && state.unansweredReminders >= escalateAfter) {
    return accept({ type: 'CaseEscalated', data: { ...level, cause: 'REMINDERS_UNANSWERED', nextAt } });
  }
  let passed = 0;
  for (let next = due; next <= at && passed < longestOutage; next = afterInterval(next, rules)) passed += 1;
  const counted = state.unansweredReminders + passed;
  const n = level === undefined ? counted : Math.min(counted, escalateAfter);
  return accept({ type: 'ReminderIssued', data: { n, owner, nextAt } });
}

/** The interval is over when its last working day is; messages leave in working hours (design §3.13). */
function afterInterval(from: string, { profile, time }: Pick<Rules, 'profile' | 'time'>): string {
  return time.nextOpening(time.addWorkingDays(from, profile.reminders.everyWorkingDays));
}

function checkDeadlines(at: string, state: DispatchCase, rules: Rules): Decision<DispatchOutput> {
  const passed = passedDeadlines(state, rules, at);
  if (passed.length === 0) return accept();
  const breaches = passed.map(({ sla, dueAt }): DispatchOutput => ({
    type: 'SlaBreached',
    data: { sla, dueAt },
  }));
  const level = levelAfter(state, rules);
  if (level === undefined) return accept(...breaches);
  return accept(...breaches, { type: 'CaseEscalated', data: { ...level, cause: 'DEADLINE_BREACHED' } });
}

/** The owner's due date moves until a limit of its delivery was breached: what was breached stays breached. */
function recompute(state: DispatchCase, rules: Rules): Decision<DispatchOutput> {
  const { delivery, place } = state;
  const open = state.phase === 'registered' && (place === 'THIRD_LINE' || place === 'AGENCY');
  if (!open || delivery?.deliveredAt === undefined) return accept();
  const dueAt = dueOfDelivery(state, delivery.deliveredAt, rules);
  if (isDeliveryOverdue(state, rules) || dueAt === delivery.dueAt) return accept();
  return accept({
    type: 'DueDateRecomputed',
    data: { dueAt, previousDueAt: delivery.dueAt, calendarVersion: rules.calendarVersion },
  });
}

function levelAfter(state: DispatchCase, { profile }: Rules): { level: number; to: string } | undefined {
  const level = state.escalationLevel + 1;
  const step = profile.escalation.find((candidate) => candidate.level === level);
  return step === undefined ? undefined : { level, to: step.to };
}
