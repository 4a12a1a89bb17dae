import { type MessageChannel } from '@balagh/case-events';
import { reject } from '@balagh/decider';
import { type CommandContext } from '@balagh/event-store';
import { AccessDenied, CaseHidden, type Clock, Rejected } from '@balagh/runtime';
import { type MessageCommand, NOT_RECEIVED } from '../domain/message.decider';
import { type AskedOutcome, type Channels, ChannelUnavailable } from './channel.port';
import { type ListedMessage, listed } from './list-messages.handler';
import { type LoadedMessage, type MessageLog } from './message-log';
import { type WorkTable } from './work-table.port';

export interface ReconcileParts {
  readonly messages: MessageLog;
  readonly channels: Channels;
  readonly table: WorkTable;
  readonly clock: Clock;
  readonly wake: () => void;
}

/** What a person found out about a message where the channel does not say: from its provider, its log, or who should have it. */
export const findings = ['RECEIVED', 'NOT_RECEIVED'] as const;
export type Finding = (typeof findings)[number];

const PASSING_MS = 5_000;

/** A person asks the channel what became of a message, or says it where the channel does not (design §3.14). Never sends. */
export class ReconcileMessage {
  constructor(private readonly parts: ReconcileParts) {}

  /**
   * Repeating the command answers alike. What the person found counts only where the channel cannot be asked or does not answer.
   * @throws Rejected `MESSAGE_NOT_FOUND`, `MESSAGE_NOT_UNKNOWN`, `CHANNEL_CANNOT_BE_ASKED`; ChannelUnavailable
   */
  async reconcile(messageId: string, context: CommandContext, finding?: Finding): Promise<ListedMessage> {
    const { messages, table, clock, wake } = this.parts;
    const message = await messages.load(messageId);
    const { rejection: unknown } = reject('MESSAGE_NOT_FOUND', 'missing');
    if (message === undefined) throw new Rejected(unknown);
    if (message.origin.tenant !== context.tenant)
      throw new CaseHidden(
        unknown,
        new AccessDenied('TENANT_FOREIGN', 'message.reconcile', message.state.caseId),
      );
    if (message.commandIds.has(context.commandId)) return listed(message);
    const { state } = message;
    if (state.phase !== 'unknown' || state.channel === undefined)
      throw new Rejected(reject('MESSAGE_NOT_UNKNOWN').rejection);
    const command = await this.commandFor(message, state.channel, finding);
    const recorded = await messages.record(messageId, command, {
      ...context,
      correlationId: message.origin.correlationId,
    });
    const after = recorded.message ?? message;
    await table.touch(messageId, after.version, clock.now().toISOString());
    wake();
    return listed(after);
  }

  private async commandFor(
    message: LoadedMessage,
    name: MessageChannel,
    finding: Finding | undefined,
  ): Promise<MessageCommand> {
    const channel = this.parts.channels.get(name);
    if (channel?.canBeAsked !== true) {
      if (finding === undefined) throw new Rejected(reject('CHANNEL_CANNOT_BE_ASKED').rejection);
      return this.saidByPerson(message, finding);
    }
    try {
      return await this.heard(message, (await channel.ask([message.messageId])).get(message.messageId));
    } catch (error) {
      if (!(error instanceof ChannelUnavailable) || finding === undefined) throw error;
      return this.saidByPerson(message, finding);
    }
  }

  private async heard(message: LoadedMessage, found: AskedOutcome | undefined): Promise<MessageCommand> {
    if (found === undefined) return this.notReceived(message);
    return {
      type: 'Accepted',
      attempt: message.state.attempts,
      ...(found.providerReference && { providerReference: found.providerReference }),
    };
  }

  /** Not received by a person's word: given up, because what nobody can confirm is not sent again. */
  private saidByPerson({ state: { attempts: attempt } }: LoadedMessage, finding: Finding): MessageCommand {
    if (finding === 'RECEIVED') return { type: 'Accepted', attempt, byPerson: true };
    const refused = { code: NOT_RECEIVED, retriable: false, final: true, retryAt: this.retryAt() } as const;
    return { type: 'Rejected', attempt, ...refused, byPerson: true };
  }

  /**
   * When line 2 was already told that the outcome is unknown, the message is given up: people have acted, and a late text
   * would surprise. Otherwise the workers go on with it.
   */
  private async notReceived({ state, messageId }: LoadedMessage): Promise<MessageCommand> {
    const told = (await this.parts.messages.toldTo(state.caseId)).get(messageId);
    const given = told === 'unknown' ? { retriable: false, final: true } : { retriable: true };
    return {
      type: 'Rejected',
      attempt: state.attempts,
      code: NOT_RECEIVED,
      retryAt: this.retryAt(),
      ...given,
    };
  }

  private retryAt(): string {
    return new Date(this.parts.clock.now().getTime() + PASSING_MS).toISOString();
  }
}
