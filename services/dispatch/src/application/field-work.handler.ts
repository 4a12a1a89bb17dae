import { type CommandResultMessage, InvalidMessage } from '@balagh/runtime';
import {
  type FieldWorkCommand,
  type RecordVerification,
  fieldWorkDecider,
} from '../domain/field-work.decider';
import { INTERNAL } from '../domain/place.guard';
import { type Call, type StaffCommand } from './staff-command';

/** Actions of lines 2 and 3, field teams and legal action (MUS-39, QAT-05, QAT-06). */
export class FieldWorkHandler {
  constructor(private readonly command: StaffCommand) {}

  addAction(
    call: Call,
    read: () => { description: string; state: 'OPEN' | 'DONE' },
  ): Promise<CommandResultMessage> {
    return this.command.execute<FieldWorkCommand>(call, 'case.act', async ({ context, rules, seal }) => {
      const request = read();
      const description = await seal(request.description);
      if (description === undefined)
        throw new InvalidMessage('DESCRIPTION_REQUIRED', [{ path: 'description', problem: 'REQUIRED' }]);
      const by =
        context.line === '2' ? ({ line: 'SECOND' } as const) : ({ line: 'THIRD', source: INTERNAL } as const);
      return {
        decider: fieldWorkDecider(rules),
        command: { type: 'AddAction', actionId: context.commandId, by, description, state: request.state },
      };
    });
  }

  sendTeam(call: Call, read: () => { teamId: string }): Promise<CommandResultMessage> {
    return this.command.execute<FieldWorkCommand>(call, 'case.send-team', ({ rules }) => ({
      decider: fieldWorkDecider(rules),
      command: { type: 'SendFieldTeam', teamId: read().teamId },
    }));
  }

  recordVerification(
    call: Call,
    read: () => { teamId: string; result: RecordVerification['result']; findings: string },
  ): Promise<CommandResultMessage> {
    return this.command.execute<FieldWorkCommand>(call, 'case.verify-in-field', async ({ rules, seal }) => {
      const { teamId, result, findings } = read();
      const command = { type: 'RecordVerification', teamId, result, findings: await seal(findings) } as const;
      return { decider: fieldWorkDecider(rules), command };
    });
  }

  recordLegalAction(call: Call, read: () => { basis: string }): Promise<CommandResultMessage> {
    return this.command.execute<FieldWorkCommand>(call, 'case.take-legal-action', ({ context, rules }) => ({
      decider: fieldWorkDecider(rules),
      command: { type: 'RecordLegalAction', legalActionId: context.commandId, basis: read().basis },
    }));
  }
}
