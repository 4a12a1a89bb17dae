import { type CommandOutcome } from '@balagh/event-store';
import { Rejected } from '../errors/errors';

/** `balagh.common.v1.CommandResult` as generated. */
export interface CommandResultMessage {
  caseId: string;
  revision: string;
  decisionVersion: number;
  caseNumber: string;
  events: string[];
}

/** The answer to a command; the same when the command is repeated. @throws Rejected when the decider refused */
export function commandResult<E extends { type: string; data: unknown }>(
  caseId: string,
  outcome: CommandOutcome<E>,
  caseNumber = '',
): CommandResultMessage {
  if (outcome.kind === 'rejected') throw new Rejected(outcome.rejection);
  return {
    caseId,
    revision: String(outcome.revision),
    decisionVersion: outcome.decisionVersion,
    caseNumber,
    events: outcome.events.map((event) => event.type),
  };
}
