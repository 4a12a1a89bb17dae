import { type Actor, type Line, type PublishedEvent, namedUuid } from '@balagh/case-events';
import { type CommandContext } from '@balagh/event-store';
import { type Action } from '../access/permissions';
import { type Principal, actorOf, authorise, lineOf } from '../access/principal';
import { childTraceparent, currentCall } from '../calls/call-context';
import { type Clock } from '../clock';
import { InvalidMessage } from '../errors/errors';

/** `balagh.common.v1.CommandHeader` as generated; empty strings and 0 mean "not given". */
export interface CommandHeaderMessage {
  readonly commandId: string;
  readonly tenant: string;
  readonly expectedDecisionVersion?: number;
  readonly correlationId?: string;
  readonly occurredAt?: string;
}

/** Staff and partners act by their verified principal; reporters and machines by an actor that the service itself sets. */
export type Acting =
  { readonly principal: Principal; readonly action: Action } | { readonly actor: Actor; readonly line: Line };

export type CommandContextInput = Acting & {
  readonly header: CommandHeaderMessage | undefined;
  readonly clock: Clock;
  readonly caseId: string;
  readonly channel?: string | undefined;
  readonly profileVersion?: number | undefined;
};

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const tenantPattern = /^[A-Z][A-Z0-9_-]{0,63}$/;
const instantPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;
/** Clocks of agencies and devices differ a little from ours. */
const toleratedSkewMs = 5 * 60_000;

/**
 * Who, for whom, when and why of one command from outside. Authorises the principal for the header's tenant before
 * it looks at anything else (design §3.12), so a handler that calls this cannot forget to.
 * @throws InvalidMessage `COMMAND_HEADER_INVALID` listing every problem; AccessDenied
 */
export function commandContext(input: CommandContextInput): CommandContext {
  const { header } = input;
  const tenant = header?.tenant ?? '';
  if (header === undefined || !tenantPattern.test(tenant)) {
    throw new InvalidMessage('COMMAND_HEADER_INVALID', [
      { path: 'header.tenant', problem: tenant === '' ? 'REQUIRED' : 'MALFORMED' },
    ]);
  }
  if ('principal' in input) authorise(input.principal, input.action, tenant);
  const problems = headerProblems(header, input.clock);
  if (problems.length > 0) throw new InvalidMessage('COMMAND_HEADER_INVALID', problems);
  const commandId = header.commandId.toLowerCase();
  const trace = currentCall()?.traceparent;
  const expected = header.expectedDecisionVersion ?? 0;
  return {
    commandId,
    tenant,
    ...('principal' in input
      ? {
          actor: actorOf(input.principal),
          line: lineOf(input.principal, input.action),
          action: input.action,
        }
      : { actor: input.actor, line: input.line }),
    ...(input.channel === undefined || input.channel === '' ? {} : { channel: input.channel }),
    ...(header.occurredAt ? { occurredAt: new Date(header.occurredAt).toISOString() } : {}),
    correlationId: header.correlationId || input.caseId,
    causationId: commandId,
    ...(trace === undefined ? {} : { trace }),
    ...(input.profileVersion === undefined ? {} : { profileVersion: input.profileVersion }),
    ...(expected > 0 ? { expectedDecisionVersion: expected } : {}),
  };
}

function headerProblems(header: CommandHeaderMessage, clock: Clock): { path: string; problem: string }[] {
  const problems: { path: string; problem: string }[] = [];
  if (!uuidPattern.test(header.commandId)) {
    problems.push({ path: 'header.commandId', problem: header.commandId === '' ? 'REQUIRED' : 'NOT_A_UUID' });
  }
  if ((header.correlationId ?? '').length > 100)
    problems.push({ path: 'header.correlationId', problem: 'TOO_LONG' });
  if (header.occurredAt) {
    const at = instantPattern.test(header.occurredAt) ? new Date(header.occurredAt).getTime() : Number.NaN;
    if (Number.isNaN(at)) problems.push({ path: 'header.occurredAt', problem: 'NOT_AN_INSTANT' });
    else if (at > clock.now().getTime() + toleratedSkewMs)
      problems.push({ path: 'header.occurredAt', problem: 'IN_FUTURE' });
  }
  return problems;
}

export interface ReactionContextInput {
  readonly message: PublishedEvent;
  /** The reacting service. */
  readonly service: string;
  readonly clock: Clock;
  /** Tells several commands caused by one message apart; default: the service. */
  readonly consumer?: string;
  /** Given when the reaction needs an id of its own, e.g. one per message to be sent. */
  readonly commandId?: string;
  /** Whom the event names, when the reaction keeps the actor (S7: the closing of an answered inquiry). Default: the system. */
  readonly actor?: Actor;
  readonly line?: Line;
  readonly channel?: string;
  readonly profileVersion?: number;
}

/**
 * The context of a command that a feed message leads to. The command id is the UUIDv5 of message id and consumer, so a
 * message that is delivered twice leads to one effect. The decision sees at least the message's revision.
 */
export function reactionContext(input: ReactionContextInput): CommandContext {
  const { message, service } = input;
  const profileVersion = input.profileVersion ?? message.profileversion;
  return {
    commandId: input.commandId ?? namedUuid(message.id, input.consumer ?? service),
    tenant: message.tenant,
    actor: input.actor ?? { kind: 'system', id: service, organisation: message.tenant },
    line: input.line ?? 'system',
    ...(input.channel === undefined ? {} : { channel: input.channel }),
    correlationId: message.correlationid,
    causationId: message.id,
    trace: childTraceparent(message.traceparent),
    ...(profileVersion === undefined ? {} : { profileVersion }),
    atLeastRevision: message.caserevision,
  };
}
