/**
 * The outcome of a pure decision: accepted with zero or more events, or rejected with data.
 * Zero events means "already so": the command was repeated or changes nothing (design: repeating a
 * command yields no new events).
 */
export type Decision<Event, Rejected extends Rejection = Rejection> =
  | { readonly kind: 'accepted'; readonly events: readonly Event[] }
  | { readonly kind: 'rejected'; readonly rejection: Rejected };

/**
 * A business refusal. `code` is stable, upper snake case, noun first (`DIRECTION_REQUIRED`); clients
 * branch on it, so it is never renamed. `details` carries only non-personal data.
 */
export interface Rejection<Code extends string = string> {
  readonly code: Code;
  /**
   * How a transport shows it: `invalid` (422 / INVALID_ARGUMENT), `conflict` (409 / FAILED_PRECONDITION),
   * `forbidden` (403 / PERMISSION_DENIED), `missing` (404 / NOT_FOUND).
   */
  readonly reason: RejectionReason;
  readonly details?: Readonly<Record<string, string | number | boolean | readonly string[]>>;
}

export type RejectionReason = 'invalid' | 'conflict' | 'forbidden' | 'missing';

/** A decider: everything a capability knows, without clock, chance or I/O. */
export interface Decider<Command, State, Event> {
  /** The state of a stream without events. */
  readonly initial: State;
  /** Folds one event. Unknown events leave the state as it is. Never throws. */
  readonly evolve: (state: State, event: Event) => State;
  /** Decides a command against a state. Deterministic; repeating an accepted command accepts no events. */
  readonly decide: (command: Command, state: State) => Decision<Event>;
}

/** Accepts the command with these events; with none, it says that nothing is left to do. */
export function accept<Event>(...events: Event[]): Decision<Event, never> {
  return { kind: 'accepted', events };
}

/** Refuses the command. */
export function reject<Code extends string>(
  code: Code,
  reason: RejectionReason = 'conflict',
  details?: Rejection['details'],
): { readonly kind: 'rejected'; readonly rejection: Rejection<Code> } {
  return {
    kind: 'rejected',
    rejection: details === undefined ? { code, reason } : { code, reason, details },
  };
}

/** Folds a history from the decider's initial state. */
export function fold<State, Event>(
  decider: Pick<Decider<never, State, Event>, 'initial' | 'evolve'>,
  history: readonly Event[],
): State {
  return history.reduce((state, event) => decider.evolve(state, event), decider.initial);
}
