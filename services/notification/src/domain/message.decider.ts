import { type Language, type MessageChannel, type MessageEvent, type Recipient } from '@balagh/case-events';
import { type Decider, type Decision, accept, reject } from '@balagh/decider';

type DataOf<Type extends MessageEvent['type']> = Extract<MessageEvent, { type: Type }>['data'];
export type Prepared = DataOf<'MessagePrepared'>;
type UnknownCause = DataOf<'MessageOutcomeUnknown'>['cause'];

/** Attempts on one channel before the next one is tried (MUS-40). */
export const ATTEMPTS_PER_CHANNEL = 3;
/** Code of a rejection found by asking: the channel never got the message. */
export const NOT_RECEIVED = 'NOT_RECEIVED';

/** requested → submitted → accepted | rejected | unknown → delivered (design §3.14). */
export type MessagePhase =
  'absent' | 'prepared' | 'submitted' | 'unknown' | 'rejected' | 'accepted' | 'delivered';

export interface MessageState {
  readonly phase: MessagePhase;
  readonly caseId: string;
  readonly trigger: string;
  readonly template: string;
  readonly recipient: Recipient;
  readonly language: Language;
  readonly routes: Prepared['routes'];
  readonly subject?: string | undefined;
  readonly body: string;
  /** Index of the route in use or next to be tried; `routes.length` when none is left. */
  readonly route: number;
  /** Attempts over all channels. */
  readonly attempts: number;
  readonly attemptsOnRoute: number;
  /** Channel of the last attempt. */
  readonly channel?: MessageChannel;
  readonly reference?: string;
  /** RFC 3339: the same channel is tried again no earlier. */
  readonly retryAt?: string;
  /** No further attempt, whatever routes are left. */
  readonly final: boolean;
}

export type MessageCommand =
  /** With a reference: together with its first attempt, by the worker that begins it. Accepts no events: the message is there already. */
  | { readonly type: 'Prepare'; readonly message: Prepared; readonly reference?: string }
  /** The attempt that the worker wants to make. Another worker's identical attempt accepts no events: do not call the channel. */
  | { readonly type: 'Submit'; readonly attempt: number; readonly reference: string }
  | {
      readonly type: 'Accepted';
      readonly attempt: number;
      readonly providerReference?: string;
      /** A person says so, the channel was not heard. */
      readonly byPerson?: true;
    }
  | {
      readonly type: 'Rejected';
      readonly attempt: number;
      readonly code: string;
      readonly retriable: boolean;
      /** When the same channel may be tried again, if it may. */
      readonly retryAt: string;
      readonly final?: boolean;
      readonly byPerson?: true;
    }
  | { readonly type: 'OutcomeUnknown'; readonly attempt: number; readonly cause: UnknownCause }
  | { readonly type: 'Delivered'; readonly attempt: number; readonly deliveredAt: string };

const initial: MessageState = {
  phase: 'absent',
  caseId: '',
  trigger: '',
  template: '',
  recipient: 'REPORTER',
  language: 'ar',
  routes: [],
  body: '',
  route: 0,
  attempts: 0,
  attemptsOnRoute: 0,
  final: false,
};

function evolve(state: MessageState, event: MessageEvent): MessageState {
  switch (event.type) {
    case 'MessagePrepared':
      return { ...state, ...event.data, phase: 'prepared' };
    case 'MessageSubmitted': {
      const { attempt, channel, reference } = event.data;
      const { retryAt: _, ...rest } = state;
      return {
        ...rest,
        phase: 'submitted',
        channel,
        reference,
        attempts: attempt,
        attemptsOnRoute: state.attemptsOnRoute + 1,
      };
    }
    case 'MessageAccepted':
      return { ...state, phase: 'accepted' };
    case 'MessageRejected': {
      const { retryAt, final } = event.data;
      if (retryAt !== undefined) return { ...state, phase: 'rejected', retryAt };
      const route = final === true ? state.routes.length : state.route + 1;
      return { ...state, phase: 'rejected', route, attemptsOnRoute: 0, final: route >= state.routes.length };
    }
    case 'MessageOutcomeUnknown':
      return { ...state, phase: 'unknown' };
    case 'MessageDelivered':
      return { ...state, phase: 'delivered' };
  }
}

function decide(command: MessageCommand, state: MessageState): Decision<MessageEvent> {
  if (command.type === 'Prepare') {
    return state.phase === 'absent' ? accept(...prepared(command)) : accept();
  }
  if (state.phase === 'absent') return reject('MESSAGE_NOT_FOUND', 'missing');
  if (command.type === 'Submit') return submit(command, state);
  if (command.attempt > state.attempts || state.channel === undefined) return reject('ATTEMPT_NOT_SUBMITTED');
  // The outcome of an attempt that was already given up: a later attempt with the same reference stands for it.
  if (command.attempt < state.attempts) return accept();
  return outcome(command, state, state.channel);
}

function prepared({ message, reference }: Extract<MessageCommand, { type: 'Prepare' }>): MessageEvent[] {
  const event: MessageEvent = { type: 'MessagePrepared', data: message };
  const channel = message.routes[0]?.channel;
  if (reference === undefined || channel === undefined) return [event];
  return [event, { type: 'MessageSubmitted', data: { attempt: 1, channel, reference } }];
}

function submit(
  command: Extract<MessageCommand, { type: 'Submit' }>,
  state: MessageState,
): Decision<MessageEvent> {
  const { attempt, reference } = command;
  if (attempt <= state.attempts) return accept();
  const channel = state.routes[state.route]?.channel;
  const ready = state.phase === 'prepared' || state.phase === 'rejected';
  if (!ready || state.final || channel === undefined || attempt !== state.attempts + 1)
    return reject('MESSAGE_NOT_DUE');
  return accept({ type: 'MessageSubmitted', data: { attempt, channel, reference } });
}

function outcome(
  command: Exclude<MessageCommand, { type: 'Prepare' | 'Submit' }>,
  state: MessageState,
  channel: MessageChannel,
): Decision<MessageEvent> {
  const { attempt } = command;
  const open = state.phase === 'submitted' || state.phase === 'unknown';
  switch (command.type) {
    case 'Accepted': {
      if (!open) return accept();
      const provider =
        command.providerReference === undefined ? {} : { providerReference: command.providerReference };
      return accept({
        type: 'MessageAccepted',
        data: { attempt, channel, ...provider, ...saidBy(command) },
      });
    }
    case 'Rejected': {
      if (!open) return accept();
      const { code, retriable, final } = command;
      const again = retriable && final !== true && state.attemptsOnRoute < ATTEMPTS_PER_CHANNEL;
      const next = final === true ? { final } : again ? { retryAt: command.retryAt } : {};
      return accept({
        type: 'MessageRejected',
        data: { attempt, channel, code, retriable, ...next, ...saidBy(command) },
      });
    }
    case 'OutcomeUnknown':
      if (state.phase !== 'submitted') return accept();
      return accept({ type: 'MessageOutcomeUnknown', data: { attempt, channel, cause: command.cause } });
    case 'Delivered':
      if (state.phase === 'delivered') return accept();
      if (state.phase !== 'accepted') return reject('MESSAGE_NOT_ACCEPTED');
      return accept({
        type: 'MessageDelivered',
        data: { attempt, channel, deliveredAt: command.deliveredAt },
      });
  }
}

function saidBy({ byPerson }: { readonly byPerson?: true }): { readonly byPerson?: true } {
  return byPerson === undefined ? {} : { byPerson };
}

/**
 * One message on its way: each attempt is written down before the channel is called, so that a crash leaves an unknown
 * outcome and never a second message (MUS-18, design §3.14).
 */
export const messageDecider: Decider<MessageCommand, MessageState, MessageEvent> = {
  initial,
  evolve,
  decide,
};
