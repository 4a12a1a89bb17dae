import { type Owner } from '@balagh/case-events';
import { reject } from '@balagh/decider';
import { type CommandResultMessage, InvalidMessage, Rejected } from '@balagh/runtime';
import { type DeliveryCommand, deliveryDecider } from '../domain/delivery.decider';
import { INTERNAL } from '../domain/place.guard';
import { type ReadModels } from './read-models.port';
import { type Call, type StaffCommand } from './staff-command';

/** Requests are read inside the command: whoever is not allowed learns nothing about their form. */
type Reading<Request> = () => Request;

/** The second line delivers and follows up; the third line acknowledges or returns (MUS-12, MUS-32, BAH-25). */
export class DeliveryHandler {
  constructor(
    private readonly command: StaffCommand,
    private readonly rows: Pick<ReadModels, 'transfer'>,
  ) {}

  refer(
    call: Call,
    read: Reading<{ owner: Owner | undefined; note: string }>,
  ): Promise<CommandResultMessage> {
    return this.command.execute<DeliveryCommand>(call, 'case.refer', async ({ context, rules, at, seal }) => {
      const { owner, note } = read();
      const referralId = context.commandId;
      return {
        decider: deliveryDecider(rules),
        command: { type: 'ReferCase', referralId, owner, note: await seal(note), at },
      };
    });
  }

  transfer(call: Call, read: Reading<{ agency: string; note: string }>): Promise<CommandResultMessage> {
    return this.command.execute<DeliveryCommand>(
      call,
      'case.transfer',
      async ({ context, rules, at, seal }) => {
        const { agency, note } = read();
        const transferId = context.commandId;
        // The agency asks by this id alone: one that another case has would hide that case's transfer.
        const known = await this.rows.transfer(transferId);
        if (known !== undefined && known.caseId !== call.caseId)
          throw new Rejected(reject('COMMAND_ID_REUSED', 'invalid').rejection);
        return {
          decider: deliveryDecider(rules, rules.agencies),
          command: {
            type: 'TransferCase',
            transferId,
            agency: agency || undefined,
            note: await seal(note),
            at,
          },
        };
      },
    );
  }

  followUp(call: Call, read: Reading<{ note: string }>): Promise<CommandResultMessage> {
    return this.command.execute<DeliveryCommand>(call, 'case.follow-up', async ({ context, rules, seal }) => {
      const note = await seal(read().note);
      if (note === undefined)
        throw new InvalidMessage('NOTE_REQUIRED', [{ path: 'note', problem: 'REQUIRED' }]);
      return {
        decider: deliveryDecider(rules),
        command: { type: 'RecordFollowUp', followUpId: context.commandId, note },
      };
    });
  }

  acknowledge(call: Call, read: Reading<{ externalReference: string }>): Promise<CommandResultMessage> {
    return this.command.execute<DeliveryCommand>(call, 'case.acknowledge', ({ rules }) => ({
      decider: deliveryDecider(rules),
      command: {
        type: 'Acknowledge',
        source: INTERNAL,
        externalReference: read().externalReference || undefined,
      },
    }));
  }

  returnAsMisrouted(call: Call, read: Reading<{ reason: string }>): Promise<CommandResultMessage> {
    return this.command.execute<DeliveryCommand>(call, 'case.return-misrouted', ({ rules }) => ({
      decider: deliveryDecider(rules),
      command: { type: 'ReturnAsMisrouted', source: INTERNAL, reason: read().reason },
    }));
  }
}
