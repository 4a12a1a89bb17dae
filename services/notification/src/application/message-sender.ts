import { type MessageChannel } from '@balagh/case-events';
import { type Privacy } from '@balagh/privacy';
import { type Profiles } from '@balagh/profile';
import { type Clock, inSpan, recordMessage } from '@balagh/runtime';
import { type Logger } from 'pino';
import { type MessageCommand, NOT_RECEIVED } from '../domain/message.decider';
import {
  type Circumstances,
  type NextAction,
  type Settlement,
  nextAction,
  nextAsk,
} from '../domain/message-next-action';
import {
  type AskableChannel,
  type Channel,
  type Channels,
  ChannelUnavailable,
  type OutgoingMessage,
  type SendOutcome,
} from './channel.port';
import { type LoadedMessage, type MessageLog, systemContext } from './message-log';
import { rowOf } from './message-row';
import { type WorkRow } from './work-table.port';

/**
 * What one attempt needs, in plain words; undefined: erased. Known before the attempt is written down: an unreachable key store must not leave
 * an unknown outcome behind.
 */
export interface Letter {
  readonly to: string | undefined;
  readonly text: string | undefined;
  readonly subject?: string | undefined;
  readonly channelsOff: readonly MessageChannel[];
}

export interface SenderParts {
  readonly log: Logger;
  readonly clock: Clock;
  readonly messages: MessageLog;
  readonly channels: Channels;
  readonly privacy: Privacy;
  readonly profiles: Profiles;
}

/** Back-off before a channel that refused for the moment is tried again, by attempt on it. */
const RETRY_AFTER_MS = [5_000, 30_000] as const;
/** Steps of one message in one go; more means that it is stuck, and it waits for its next turn. */
const MAX_STEPS = 40;
const RETRY_STEP_MS = 5_000;

/** That the case was told says nothing that the outcome before did not. */
const levels: Readonly<Record<string, 'debug' | 'warn'>> = {
  'message.settled': 'debug',
  'message.rejected': 'warn',
  'message.unknown': 'warn',
};

/** Goes on with the message as it stands now, or stops until it is due. */
type Step =
  | { readonly kind: 'again'; readonly message: LoadedMessage | undefined }
  | { readonly kind: 'stop'; readonly dueAt: string | null };

/**
 * Takes one message as far as it can go now. Before a channel is called, the attempt is written to the message's stream
 * at its exact revision: a second worker loses that race and does not call; a crash afterwards leaves an unknown outcome
 * that is asked about, never a blind repetition (MUS-18, design §3.14).
 */
export class MessageSender {
  constructor(private readonly parts: SenderParts) {}

  /** The row that should replace the given one. @throws retriable faults of the store or the keys */
  async advance(row: WorkRow): Promise<WorkRow> {
    return this.goOn(row, await this.parts.messages.reaching(row.messageId, row.version));
  }

  /**
   * As `advance`, for a message whose first attempt has just been written down by this process and by nobody else: what it says need
   * not be opened.
   */
  async sendSubmitted(row: WorkRow, message: LoadedMessage, letter: Letter): Promise<WorkRow> {
    return this.goOn(row, await this.carryOut(message, letter));
  }

  private async goOn(row: WorkRow, from: LoadedMessage | undefined): Promise<WorkRow> {
    let message = from;
    // Telling the case twice changes nothing, so what it was told before need not be read.
    let told = row.queue === 'TRACK' ? 'final' : 'nothing';
    for (let steps = 0; steps < MAX_STEPS; steps += 1) {
      if (message === undefined) return { ...row, dueAt: null };
      const around = this.circumstances(message, told);
      const action = nextAction(message.state, around);
      // Its place belongs to the channel that it was taken for.
      if (isElsewhere(row, action)) return rowOf(row, message, told, around.now);
      const step = await this.take(message, action, around);
      if (action.kind === 'settle') told = isOpen(action.settlement) ? 'unknown' : 'final';
      if (step.kind === 'stop') return rowOf(row, message, told, step.dueAt);
      message = step.message;
    }
    return { ...row, dueAt: this.in(RETRY_STEP_MS) };
  }

  private circumstances(message: LoadedMessage, told: string): Circumstances {
    return {
      now: this.now(),
      since: message.since,
      settled: told === 'final' || (told === 'unknown' && message.state.phase === 'unknown'),
      canBeAsked: (channel) => this.parts.channels.get(channel)?.canBeAsked === true,
    };
  }

  private async take(message: LoadedMessage, action: NextAction, around: Circumstances): Promise<Step> {
    const context = systemContext(message.origin);
    const { messages } = this.parts;
    switch (action.kind) {
      case 'submit':
        return this.submit(message, action);
      case 'declareUnknown': {
        const command = {
          type: 'OutcomeUnknown',
          attempt: action.attempt,
          cause: 'PROCESS_STOPPED',
        } as const;
        const recorded = await messages.record(message.messageId, command, context);
        this.report('message.unknown', message, { cause: 'PROCESS_STOPPED' });
        return { kind: 'again', message: recorded.message };
      }
      case 'ask':
        return this.ask(message, action);
      case 'settle': {
        const news = await messages.settle(message, action.settlement, context);
        if (news) this.reportSettled(message, action.settlement);
        return { kind: 'again', message };
      }
      case 'askDelivery':
        return { kind: 'stop', dueAt: around.now };
      case 'wait':
        return { kind: 'stop', dueAt: action.until };
      case 'done':
        return { kind: 'stop', dueAt: null };
    }
  }

  private async submit(
    message: LoadedMessage,
    { attempt, address }: Extract<NextAction, { kind: 'submit' }>,
  ): Promise<Step> {
    const { messages, privacy, profiles } = this.parts;
    const { messageId: reference, state, origin } = message;
    const [to, text, subject] = await Promise.all([
      privacy.openOrErased(address),
      privacy.openOrErased(state.body),
      state.subject === undefined ? undefined : privacy.openOrErased(state.subject),
    ]);
    const { channelsOff } = (await profiles.latest(origin.tenant)).profile;
    const submitted = await messages.record(
      reference,
      { type: 'Submit', attempt, reference },
      systemContext(origin),
    );
    if (!submitted.mine || submitted.message === undefined)
      return { kind: 'stop', dueAt: this.in(RETRY_STEP_MS) };
    return {
      kind: 'again',
      message: await this.carryOut(submitted.message, { to, text, subject, channelsOff }),
    };
  }

  /** Calls the channel for the attempt that stands last in the message's stream, and notes what came of it. */
  private async carryOut(message: LoadedMessage, letter: Letter): Promise<LoadedMessage | undefined> {
    const { attempts: attempt, attemptsOnRoute, channel } = message.state;
    const outcome = await this.send(message, letter);
    const after = await this.note(message, attempt, attemptsOnRoute - 1, outcome);
    this.report(`message.${outcome.kind}`, message, { channel, attempt, ...withoutKind(outcome) });
    return after;
  }

  private async send(
    message: LoadedMessage,
    { to, text, subject, channelsOff }: Letter,
  ): Promise<SendOutcome> {
    const { channel: name, attempts: attempt } = message.state;
    const channel = name === undefined ? undefined : this.parts.channels.get(name);
    if (to === undefined || text === undefined) return refused('SUBJECT_ERASED');
    if (name !== undefined && channelsOff.includes(name)) return refused('CHANNEL_OFF');
    if (channel === undefined) return refused('CHANNEL_NOT_CONFIGURED');
    const outgoing = {
      reference: message.messageId,
      to,
      text,
      ...(subject === undefined ? {} : { subject }),
    };
    return sendTraced(channel, outgoing, { message, attempt });
  }

  private async note(message: LoadedMessage, attempt: number, earlier: number, outcome: SendOutcome) {
    const command = this.commandFor(attempt, earlier, outcome);
    return (await this.parts.messages.record(message.messageId, command, systemContext(message.origin)))
      .message;
  }

  private commandFor(attempt: number, earlier: number, outcome: SendOutcome): MessageCommand {
    switch (outcome.kind) {
      case 'accepted':
        return { type: 'Accepted', attempt, ...provider(outcome) };
      case 'rejected':
        return {
          type: 'Rejected',
          attempt,
          code: outcome.code,
          retriable: outcome.retriable,
          retryAt: this.retryAt(earlier),
        };
      case 'unknown':
        return { type: 'OutcomeUnknown', attempt, cause: outcome.cause };
    }
  }

  /** Asked at once, then at growing intervals while the channel is silent. */
  private async ask(
    message: LoadedMessage,
    { attempt, channel: name, reference }: Extract<NextAction, { kind: 'ask' }>,
  ): Promise<Step> {
    const channel = this.parts.channels.get(name);
    const found = channel?.canBeAsked === true ? await this.askedOf(channel, reference) : 'silent';
    // The question itself may have taken seconds.
    if (found === 'silent')
      return { kind: 'stop', dueAt: nextAsk({ now: this.now(), since: message.since }) };
    const outcome: SendOutcome =
      found === undefined
        ? { kind: 'rejected', code: NOT_RECEIVED, retriable: true }
        : { kind: 'accepted', ...provider(found) };
    const after = await this.note(message, attempt, message.state.attemptsOnRoute - 1, outcome);
    this.report('message.reconciled', message, { channel: name, attempt, found: found !== undefined });
    return { kind: 'again', message: after };
  }

  private async askedOf(channel: AskableChannel, reference: string) {
    try {
      return (await channel.ask([reference])).get(reference);
    } catch (error) {
      if (error instanceof ChannelUnavailable) return 'silent';
      throw error;
    }
  }

  private reportSettled(message: LoadedMessage, settlement: Settlement): void {
    this.report('message.settled', message, { ...settlement });
    const outcome = settlement.kind === 'SENT' ? 'SENT' : settlement.reason;
    recordMessage(outcome, message.origin.tenant, message.state.channel ?? 'none');
  }

  private report(
    event: string,
    { messageId, state, origin }: LoadedMessage,
    more: Readonly<Record<string, unknown>>,
  ): void {
    const ids = {
      messageId,
      caseId: state.caseId,
      tenant: origin.tenant,
      template: state.template,
      recipient: state.recipient,
    };
    this.parts.log[levels[event] ?? 'info']({ event, ...ids, ...more });
  }

  private retryAt(attemptsBefore: number): string {
    return this.in(RETRY_AFTER_MS[Math.min(attemptsBefore, RETRY_AFTER_MS.length - 1)] ?? RETRY_STEP_MS);
  }

  private now(): string {
    return this.parts.clock.now().toISOString();
  }

  private in(ms: number): string {
    return new Date(this.parts.clock.now().getTime() + ms).toISOString();
  }
}

/** The last step of the case’s trace: a crash of ours in between or a pause of hours does not break it off (SYS-07). */
function sendTraced(
  channel: Channel,
  outgoing: OutgoingMessage,
  { message, attempt }: { readonly message: LoadedMessage; readonly attempt: number },
): Promise<SendOutcome> {
  const { messageId, state, origin } = message;
  const attributes = {
    'balagh.message.id': messageId,
    'balagh.case.id': state.caseId,
    'balagh.tenant': origin.tenant,
    'balagh.template': state.template,
    'balagh.recipient': state.recipient,
    'balagh.channel': channel.channel,
    'balagh.attempt': attempt,
  };
  return inSpan('message.submit', { kind: 'client', parent: origin.trace, attributes }, async (span) => {
    const outcome = await channel.send(outgoing);
    span.setAttribute('balagh.outcome', outcome.kind);
    return outcome;
  });
}

/** Nothing was sent, and nothing will be by this way. */
function refused(code: string): SendOutcome {
  return { kind: 'rejected', code, retriable: false };
}

/** The next attempt is another channel's. */
function isElsewhere(row: WorkRow, action: NextAction): boolean {
  return action.kind === 'submit' && row.channel !== '' && row.channel !== action.channel;
}

/** An unknown outcome may still become known. */
function isOpen(settlement: Settlement): boolean {
  return settlement.kind === 'FAILED' && settlement.reason === 'OUTCOME_UNKNOWN';
}

function provider({ providerReference }: { readonly providerReference?: string }) {
  return providerReference === undefined ? {} : { providerReference };
}

function withoutKind({ kind: _, ...rest }: SendOutcome): Readonly<Record<string, unknown>> {
  return rest;
}
