import { type MessageChannel } from '@balagh/case-events';
import { type MessageState } from './message.decider';

/** What the case is told about the message. */
export type Settlement =
  | { readonly kind: 'SENT'; readonly channel: MessageChannel; readonly attempts: number }
  | { readonly kind: 'FAILED'; readonly reason: 'REJECTED' | 'OUTCOME_UNKNOWN' | 'UNREACHABLE_BY_MESSAGE' };

/** The one thing to do next with a message. */
export type NextAction =
  | {
      readonly kind: 'submit';
      readonly attempt: number;
      readonly channel: MessageChannel;
      readonly address: string;
    }
  /** Nothing was heard of the attempt: its process stopped. */
  | { readonly kind: 'declareUnknown'; readonly attempt: number }
  | {
      readonly kind: 'ask';
      readonly attempt: number;
      readonly channel: MessageChannel;
      readonly reference: string;
    }
  | {
      readonly kind: 'askDelivery';
      readonly attempt: number;
      readonly channel: MessageChannel;
      readonly reference: string;
    }
  | { readonly kind: 'settle'; readonly settlement: Settlement }
  | { readonly kind: 'wait'; readonly until: string }
  | { readonly kind: 'done' };

export interface Circumstances {
  /** RFC 3339 UTC. */
  readonly now: string;
  /** When the message's last event was recorded. */
  readonly since: string;
  /** The case was told the present outcome. */
  readonly settled: boolean;
  readonly canBeAsked: (channel: MessageChannel) => boolean;
}

/** Milliseconds after which an attempt without an outcome counts as stopped: longer than any channel's own time-out. */
export const STOPPED_AFTER_MS = 15_000;
/** How long a channel is asked about an unknown outcome before line 2 is told. */
export const ASK_FOR_MS = 15 * 60_000;
/** How long delivery is asked for after acceptance. */
export const TRACK_FOR_MS = 48 * 3_600_000;
const FIRST_ASK_MS = 1_000;
const LAST_ASK_MS = 600_000;

/** A pure to-do list: what the message's events leave to be done now. */
export function nextAction(state: MessageState, around: Circumstances): NextAction {
  switch (state.phase) {
    case 'absent':
      return { kind: 'done' };
    case 'prepared':
    case 'rejected':
      return attempt(state, around);
    case 'submitted':
      return elapsed(around) < STOPPED_AFTER_MS
        ? { kind: 'wait', until: plus(around.since, STOPPED_AFTER_MS) }
        : { kind: 'declareUnknown', attempt: state.attempts };
    case 'unknown':
      return reconcile(state, around);
    case 'accepted':
    case 'delivered':
      return afterAcceptance(state, around);
  }
}

/**
 * When to look again after a channel had no answer: in steps as long as the time since the event, between one second and
 * ten minutes.
 */
export function nextAsk(around: Pick<Circumstances, 'now' | 'since'>): string {
  return plus(around.now, Math.min(Math.max(elapsed(around), FIRST_ASK_MS), LAST_ASK_MS));
}

function attempt(state: MessageState, around: Circumstances): NextAction {
  const route = state.final ? undefined : state.routes[state.route];
  if (route === undefined) {
    const reason = state.attempts === 0 ? 'UNREACHABLE_BY_MESSAGE' : 'REJECTED';
    return around.settled ? { kind: 'done' } : { kind: 'settle', settlement: { kind: 'FAILED', reason } };
  }
  if (state.retryAt !== undefined && state.retryAt > around.now)
    return { kind: 'wait', until: state.retryAt };
  return { kind: 'submit', attempt: state.attempts + 1, channel: route.channel, address: route.address };
}

function reconcile(state: MessageState, around: Circumstances): NextAction {
  const { channel, reference, attempts } = state;
  const askable = channel !== undefined && reference !== undefined && around.canBeAsked(channel);
  if (askable && elapsed(around) < ASK_FOR_MS) return { kind: 'ask', attempt: attempts, channel, reference };
  if (!around.settled) return { kind: 'settle', settlement: { kind: 'FAILED', reason: 'OUTCOME_UNKNOWN' } };
  return { kind: 'done' };
}

function afterAcceptance(state: MessageState, around: Circumstances): NextAction {
  const { channel, reference, attempts } = state;
  if (channel === undefined || reference === undefined) return { kind: 'done' };
  if (!around.settled) return { kind: 'settle', settlement: { kind: 'SENT', channel, attempts } };
  if (state.phase === 'delivered' || !around.canBeAsked(channel) || elapsed(around) > TRACK_FOR_MS)
    return { kind: 'done' };
  const first = plus(around.since, FIRST_ASK_MS);
  if (around.now < first) return { kind: 'wait', until: first };
  return { kind: 'askDelivery', attempt: attempts, channel, reference };
}

function elapsed({ now, since }: Pick<Circumstances, 'now' | 'since'>): number {
  return Date.parse(now) - Date.parse(since);
}

function plus(at: string, ms: number): string {
  return new Date(Date.parse(at) + ms).toISOString();
}
