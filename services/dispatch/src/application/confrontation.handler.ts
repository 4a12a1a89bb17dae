import { type CommandResultMessage, InvalidMessage } from '@balagh/runtime';
import {
  type ConfrontationCommand,
  type RecordConfrontation,
  confrontationDecider,
} from '../domain/confrontation.decider';
import { type Call, type StaffCommand } from './staff-command';

/** Summons, confrontation, settlement and prosecution (KWT-07 … KWT-10). */
export class ConfrontationHandler {
  constructor(private readonly command: StaffCommand) {}

  summon(call: Call, read: () => { date: string }): Promise<CommandResultMessage> {
    return this.command.execute<ConfrontationCommand>(call, 'case.summon', ({ context, rules, at }) => ({
      decider: confrontationDecider(rules),
      command: {
        type: 'IssueSummons',
        summonsId: context.commandId,
        date: read().date,
        today: rules.time.localDay(at),
      },
    }));
  }

  confront(
    call: Call,
    read: () => Pick<RecordConfrontation, 'result' | 'attended'>,
  ): Promise<CommandResultMessage> {
    return this.command.execute<ConfrontationCommand>(call, 'case.confront', ({ rules }) => ({
      decider: confrontationDecider(rules),
      command: { type: 'RecordConfrontation', ...read() },
    }));
  }

  settle(call: Call, read: () => { terms: string; lawReference: string }): Promise<CommandResultMessage> {
    return this.command.execute<ConfrontationCommand>(call, 'case.settle', async ({ rules, seal }) => {
      const { terms, lawReference } = read();
      const sealed = await seal(terms);
      if (sealed === undefined)
        throw new InvalidMessage('TERMS_REQUIRED', [{ path: 'terms', problem: 'REQUIRED' }]);
      return {
        decider: confrontationDecider(rules),
        command: { type: 'RecordSettlement', terms: sealed, lawReference },
      };
    });
  }

  prosecute(call: Call, read: () => { lawReference: string }): Promise<CommandResultMessage> {
    return this.command.execute<ConfrontationCommand>(call, 'case.prosecute', ({ rules, at }) => ({
      decider: confrontationDecider(rules),
      command: {
        type: 'ReferToProsecution',
        lawReference: read().lawReference,
        today: rules.time.localDay(at),
      },
    }));
  }
}
