import { reject } from '@balagh/decider';
import { type CommandContext } from '@balagh/event-store';
import { AccessDenied, CaseHidden, type Clock, Rejected } from '@balagh/runtime';
import { type MessageCommand, NOT_RECEIVED } from '../domain/message.decider';
import { type Channels } from './channel.port';
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

const PASSING_MS = 5_000;

/** A person asks the channel what became of a message (design §3.14). Never sends. */
export class ReconcileMessage {
  constructor(private readonly parts: ReconcileParts) {}

  /**
   * Repeating the command answers alike.
   * @throws Rejected `MESSAGE_NOT_FOUND`, `MESSAGE_NOT_UNKNOWN`, `CHANNEL_CANNOT_BE_ASKED`; ChannelUnavailable
   */
  async reconcile(messageId: string, context: CommandContext): Promise<ListedMessage> {
    const { messages, channels, table, clock, wake } = this.parts;
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
    const channel = channels.get(state.channel);
    if (channel?.canBeAsked !== true) throw new Rejected(reject('CHANNEL_CANNOT_BE_ASKED').rejection);
    const found = (await channel.ask([messageId])).get(messageId);
    const command: MessageCommand =
      found === undefined
        ? await this.notReceived(message)
        : {
            type: 'Accepted',
            attempt: state.attempts,
            ...(found.providerReference && { providerReference: found.providerReference }),
          };
    const recorded = await messages.record(messageId, command, {
      ...context,
      correlationId: message.origin.correlationId,
    });
    await table.touch(messageId, clock.now().toISOString());
    wake();
    return listed(recorded.message ?? message);
  }

  /**
   * When line 2 was already told that the outcome is unknown, the message is given up: people have acted, and a late text
   * would surprise. Otherwise the workers go on with it.
   */
  private async notReceived({ state, messageId }: LoadedMessage): Promise<MessageCommand> {
    const told = (await this.parts.messages.toldTo(state.caseId)).get(messageId);
    const retryAt = new Date(this.parts.clock.now().getTime() + PASSING_MS).toISOString();
    const given = told === 'unknown' ? { retriable: false, final: true } : { retriable: true };
    return { type: 'Rejected', attempt: state.attempts, code: NOT_RECEIVED, retryAt, ...given };
  }
}
