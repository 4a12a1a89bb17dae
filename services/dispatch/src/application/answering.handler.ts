import { type MessageChannel } from '@balagh/case-events';
import { type CommandResultMessage } from '@balagh/runtime';
import { type ClosingCommand, closingDecider } from '../domain/closing.decider';
import {
  type InformingCommand,
  type RecordContactAttempt,
  informingDecider,
} from '../domain/informing.decider';
import { INTERNAL } from '../domain/place.guard';
import { type ReturnResolution, resolutionDecider } from '../domain/resolution.decider';
import { type Call, type StaffCommand } from './staff-command';

/** From the third line's reply to the closed page, and back when the reporter says it is not solved (MUS-13 … MUS-15). */
export class AnsweringHandler {
  constructor(private readonly command: StaffCommand) {}

  returnResolution(
    call: Call,
    read: () => { resolution: string; result: ReturnResolution['result']; lawReference: string },
  ): Promise<CommandResultMessage> {
    return this.command.execute<ReturnResolution>(call, 'case.resolve', async ({ context, rules, seal }) => {
      const { resolution, result, lawReference } = read();
      const resolutionId = context.commandId;
      const sealed = await seal(resolution);
      return {
        decider: resolutionDecider(rules),
        command: {
          type: 'ReturnResolution',
          resolutionId,
          source: INTERNAL,
          resolution: sealed,
          result,
          lawReference,
        },
      };
    });
  }

  issueReply(
    call: Call,
    read: () => { reply: string; legalClauses: readonly string[] },
  ): Promise<CommandResultMessage> {
    return this.command.execute<InformingCommand>(call, 'case.reply', async ({ context, seal }) => {
      const { reply, legalClauses } = read();
      const command = {
        type: 'IssueReply',
        replyId: context.commandId,
        reply: await seal(reply),
        legalClauses,
      } as const;
      return { decider: informingDecider, command };
    });
  }

  recordAttempt(
    call: Call,
    read: () => Pick<RecordContactAttempt, 'channel' | 'result'>,
  ): Promise<CommandResultMessage> {
    return this.command.execute<InformingCommand>(call, 'case.inform', ({ context }) => ({
      decider: informingDecider,
      command: { type: 'RecordContactAttempt', attemptId: context.commandId, ...read() },
    }));
  }

  recordInformed(call: Call, read: () => { channel: MessageChannel }): Promise<CommandResultMessage> {
    return this.command.execute<InformingCommand>(call, 'case.inform', () => ({
      decider: informingDecider,
      command: { type: 'RecordReporterInformed', channel: read().channel },
    }));
  }

  close(call: Call): Promise<CommandResultMessage> {
    return this.command.execute<ClosingCommand>(call, 'case.close', ({ rules, at }) => ({
      decider: closingDecider(rules),
      command: { type: 'CloseCase', at },
    }));
  }

  reopen(call: Call, read: () => { reason: string }): Promise<CommandResultMessage> {
    return this.command.execute<ClosingCommand>(
      call,
      'case.reopen',
      async ({ context, rules, at, seal }) => ({
        decider: closingDecider(rules),
        command: {
          type: 'ReopenCase',
          reopeningId: context.commandId,
          reason: await seal(read().reason),
          at,
        },
      }),
    );
  }
}
