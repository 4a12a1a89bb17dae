import { randomUUID } from 'node:crypto';
import {
  type EventMetadata,
  type MessageEvent,
  type StoredEvent,
  caseStream,
  messageStream,
} from '@balagh/case-events';
import { fold } from '@balagh/decider';
import { type CommandContext, type Decide, RevisionNotReached, type Streams } from '@balagh/event-store';
import { PermanentFault } from '@balagh/event-feed';
import { caseNotificationDecider } from '../domain/case-notification.decider';
import { type MessageCommand, type MessageState, messageDecider } from '../domain/message.decider';
import { type Settlement } from '../domain/message-next-action';
import { CommandsTogether } from './commands-together';

/** A message as its stream tells it. */
export interface LoadedMessage {
  readonly messageId: string;
  readonly state: MessageState;
  readonly version: number;
  /** When its last event was recorded. */
  readonly since: string;
  /** When it was prepared. */
  readonly preparedAt: string;
  /** Metadata of its first event: for whom and why it is sent. */
  readonly origin: EventMetadata;
  readonly commandIds: ReadonlySet<string>;
}

export interface Recorded {
  readonly mine: boolean;
  /** As it stands after the command. */
  readonly message: LoadedMessage | undefined;
}

/** Reads and writes message streams, and tells the case. */
export class MessageLog {
  private readonly outcomes: CommandsTogether;

  constructor(private readonly streams: Streams) {
    this.outcomes = new CommandsTogether(streams);
  }

  async load(messageId: string): Promise<LoadedMessage | undefined> {
    const { events } = await this.streams.load<MessageEvent>(messageStream(messageId));
    return loaded(messageId, events);
  }

  /** As far as that version at least: for steps that only an append at the very revision makes valid. */
  async reaching(messageId: string, version: number): Promise<LoadedMessage | undefined> {
    try {
      const { events } = await this.streams.loadReaching<MessageEvent>(messageStream(messageId), version);
      return loaded(messageId, events);
    } catch (error) {
      if (!(error instanceof RevisionNotReached)) throw error;
      return this.load(messageId);
    }
  }

  /** `mine`: this very command wrote something; another worker's identical act gives false. */
  async record(messageId: string, command: MessageCommand, context: CommandContext): Promise<Recorded> {
    let history: readonly StoredEvent<MessageEvent>[] = [];
    const outcome = await this.streams.execute<MessageEvent>(messageStream(messageId), context, (events) => {
      history = events;
      return messageDecider.decide(command, fold(messageDecider, events));
    });
    const written = outcome.kind === 'accepted' ? outcome.events : [];
    const fresh = written.filter(({ revision }) => revision >= history.length);
    return { mine: written.length > 0, message: loaded(messageId, [...history, ...fresh]) };
  }

  /**
   * Tells the case what became of the message, once (MUS-11). What becomes of others of its messages meanwhile goes in one append.
   * @throws PermanentFault when the case never asked for it
   */
  async settle(message: LoadedMessage, settlement: Settlement, context: CommandContext): Promise<boolean> {
    const command = { type: 'Settle', messageId: message.messageId, settlement } as const;
    const decide: Decide = (history) =>
      caseNotificationDecider.decide(command, fold(caseNotificationDecider, history));
    const outcome = await this.outcomes.of(caseStream(message.state.caseId), { context, decide });
    if (outcome.kind === 'rejected') throw new PermanentFault(outcome.rejection.code);
    return outcome.events.length > 0;
  }

  /** What the case was told about each of its messages. */
  async toldTo(caseId: string): Promise<ReadonlyMap<string, 'nothing' | 'unknown' | 'final'>> {
    const { events } = await this.streams.load(caseStream(caseId));
    const { messages } = fold(caseNotificationDecider, events);
    return new Map([...messages].map(([id, { told }]) => [id, told]));
  }
}

function loaded(messageId: string, events: readonly StoredEvent<MessageEvent>[]): LoadedMessage | undefined {
  const [first, last] = [events[0], events.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  return {
    messageId,
    state: fold(messageDecider, events),
    version: last.revision,
    since: last.metadata.recordedAt,
    preparedAt: first.metadata.recordedAt,
    origin: first.metadata,
    commandIds: new Set(events.map((event) => event.metadata.commandId)),
  };
}

/** The service itself acts, for the same reason as the message was prepared. */
export function systemContext(origin: EventMetadata): CommandContext {
  return {
    commandId: randomUUID(),
    tenant: origin.tenant,
    actor: { kind: 'system', id: 'notification', organisation: origin.tenant },
    line: 'system',
    correlationId: origin.correlationId,
    causationId: origin.causationId,
    ...(origin.trace === undefined ? {} : { trace: origin.trace }),
    ...(origin.profileVersion === undefined ? {} : { profileVersion: origin.profileVersion }),
  };
}
