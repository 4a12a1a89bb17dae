import { type DispatchCase } from './dispatch-state';
import { holds } from '@balagh/profile';
import { isAnswered } from './place.guard';
import { type Rules } from './rules';

type DeadlineRule = Rules['profile']['deadlines'][number];
type Until = NonNullable<DeadlineRule['until']>;

/** A time limit that applies to the case now. */
export interface Deadline {
  readonly sla: string;
  readonly dueAt: string;
}

/** The limits of the pinned profile that still wait for what meets them, earliest first (BAH-08, OMH-20). */
export function openDeadlines(state: DispatchCase, rules: Rules): readonly Deadline[] {
  if (state.phase !== 'registered') return [];
  return rules.profile.deadlines
    .filter((rule) => holds(rule.when, state.facts) && !isMet(rule, state) && !isBreached(rule, state))
    .flatMap((rule) => {
      const from = rule.from === 'DELIVERY' ? state.delivery?.deliveredAt : startOfClock(state);
      return from === undefined ? [] : [{ sla: rule.code, dueAt: dueAfter(rule, from, rules) }];
    })
    .sort((one, other) => (one.dueAt < other.dueAt ? -1 : 1));
}

/** Those of them that are over at this moment. */
export function passedDeadlines(state: DispatchCase, rules: Rules, at: string): readonly Deadline[] {
  return openDeadlines(state, rules).filter(({ dueAt }) => dueAt < at);
}

/** The owner has missed a limit of the present delivery; limits from the registration are not its own. */
export function isDeliveryOverdue({ breaches, delivery }: DispatchCase, { profile }: Rules): boolean {
  return profile.deadlines.some(
    ({ code, from }) =>
      from === 'DELIVERY' &&
      breaches.some(({ sla, deliveryId }) => sla === code && deliveryId === delivery?.id),
  );
}

/** When the owner should have answered a delivery made at this moment. */
export function dueOfDelivery(state: DispatchCase, deliveredAt: string, rules: Rules): string {
  const { deadlines, reminders } = rules.profile;
  const dues = deadlines
    .filter((rule) => rule.from === 'DELIVERY' && holds(rule.when, state.facts))
    .map((rule) => dueAfter(rule, deliveredAt, rules))
    .sort();
  // Without a limit in the profile: the moment at which reminders run out and the case escalates.
  return (
    dues[0] ??
    rules.time.addWorkingDays(deliveredAt, reminders.everyWorkingDays * (reminders.escalateAfter + 1))
  );
}

function dueAfter(rule: DeadlineRule, from: string, { time }: Rules): string {
  switch (rule.unit) {
    case 'WORKING_DAYS':
      return time.addWorkingDays(from, rule.amount);
    case 'CALENDAR_DAYS':
      return time.addCalendarDays(from, rule.amount);
    case 'HOURS':
      return time.addWorkingHours(from, rule.amount);
  }
}

/** A limit from the registration was kept or missed before the case was reopened: it does not run a second time. */
function startOfClock(state: DispatchCase): string | undefined {
  return state.reopenings > 0 ? undefined : (state.clockStart ?? state.registeredAt);
}

function isMet({ from, until }: DeadlineRule, state: DispatchCase): boolean {
  return from === 'REGISTRATION'
    ? isMetForGood(until ?? 'INFORMED', state)
    : isMetByDelivery(until ?? 'RESOLVED', state);
}

/** A limit from the registration: the first time counts, and what was kept stays kept when the case is delivered again. */
function isMetForGood(until: Until, state: DispatchCase): boolean {
  switch (until) {
    case 'DELIVERED':
      return state.firstDeliveredAt !== undefined;
    case 'RESOLVED':
      return state.firstAnsweredAt !== undefined;
    case 'INFORMED':
      return state.firstInformedAt !== undefined;
  }
}

/** A limit of a delivery asks what became of that delivery. */
function isMetByDelivery(until: Until, state: DispatchCase): boolean {
  switch (until) {
    case 'DELIVERED':
      return state.firstDeliveredAt !== undefined;
    case 'RESOLVED':
      return isAnswered(state) || state.delivery === undefined;
    case 'INFORMED':
      return state.informedBy.length > 0;
  }
}

function isBreached(rule: DeadlineRule, state: DispatchCase): boolean {
  return state.breaches.some(
    ({ sla, deliveryId }) =>
      sla === rule.code && (rule.from === 'REGISTRATION' || deliveryId === state.delivery?.id),
  );
}
