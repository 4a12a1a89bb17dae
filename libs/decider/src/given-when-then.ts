import { type Decider, type Decision, type Rejection, fold } from './decider';

/**
 * Specification DSL: `given(decider, history).when(command).then(events)`.
 *
 * Every accepted command is sent a second time against the history it produced and must yield no events:
 * idempotence is proved by each specification, not by a separate one.
 */
export function given<C, S, E>(decider: Decider<C, S, E>, history: readonly E[] = []) {
  return {
    when(command: C) {
      const decision = decider.decide(command, fold(decider, history));
      return {
        /** The exact events, in order. */
        then(expected: readonly E[]): void {
          expectAccepted(decision, expected);
          proveIdempotent(decider, history, command, decision);
        },
        /** Accepted, and nothing new happened. */
        thenNothingHappened(): void {
          expectAccepted(decision, []);
        },
        /** Rejected with this code, and, if given, these details. */
        thenRejected(code: string, details?: Rejection['details']): void {
          if (decision.kind !== 'rejected') {
            throw new Error(
              `expected rejection ${code}, but the command was accepted: ${show(decision.events)}`,
            );
          }
          const actual = decision.rejection;
          if (actual.code !== code) throw new Error(`expected rejection ${code}, got ${actual.code}`);
          if (details !== undefined && show(actual.details) !== show(details)) {
            throw new Error(`expected details ${show(details)}, got ${show(actual.details)}`);
          }
        },
      };
    },
  };
}

function expectAccepted<E>(decision: Decision<E>, expected: readonly E[]): void {
  if (decision.kind === 'rejected') {
    throw new Error(
      `expected events ${show(expected)}, but the command was rejected: ${show(decision.rejection)}`,
    );
  }
  if (show(decision.events) !== show(expected)) {
    throw new Error(`expected events\n${show(expected)}\nbut got\n${show(decision.events)}`);
  }
}

function proveIdempotent<C, S, E>(
  decider: Decider<C, S, E>,
  history: readonly E[],
  command: C,
  first: Decision<E>,
) {
  if (first.kind !== 'accepted') return;
  const second = decider.decide(command, fold(decider, [...history, ...first.events]));
  if (second.kind === 'accepted' && second.events.length === 0) return;
  throw new Error(`the command is not idempotent: sent again, it answered ${show(second)}`);
}

/** JSON with sorted keys, so that two equal values always read the same. */
function show(value: unknown): string {
  const sorted = (_: string, v: unknown): unknown =>
    v !== null && typeof v === 'object' && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)))
      : v;
  return JSON.stringify(value, sorted, 2) ?? 'undefined';
}
