import { type DispatchCase } from './dispatch-state';
import { nextDeadlineAt, nextReminderAt } from './reminders.decider';
import { type Rules } from './rules';

export type TimerKind = 'REMINDER' | 'DEADLINE';

export interface DueTime {
  readonly kind: TimerKind;
  /** RFC 3339. */
  readonly dueAt: string;
}

/** What the case waits for, as a to-do list that follows from its events alone. */
export function dueTimesOf(state: DispatchCase, rules: Rules): readonly DueTime[] {
  const reminderAt = nextReminderAt(state, rules);
  const deadlineAt = nextDeadlineAt(state, rules);
  return [
    ...(reminderAt === undefined ? [] : [{ kind: 'REMINDER', dueAt: reminderAt } as const]),
    ...(deadlineAt === undefined ? [] : [{ kind: 'DEADLINE', dueAt: deadlineAt } as const]),
  ];
}
