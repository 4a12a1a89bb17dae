import { type StoredEvent, decisionVersionOf } from '@balagh/case-events';
import { reject } from '@balagh/decider';
import { type CommandContext, type CommandOutcome } from './case-streams';

type DomainEvent = { type: string; data: unknown };

/**
 * What can be answered without deciding: a command that is already in the stream gets its first answer again, unless it says
 * something else than then; a person who saw an older decision version is refused. In this order: a repeated command is stale by its
 * own doing.
 */
export function answerBeforeDeciding<E extends DomainEvent>(
  history: readonly StoredEvent<E>[],
  context: CommandContext,
): CommandOutcome<E> | undefined {
  const earlier = history.filter((event) => event.metadata.commandId === context.commandId);
  const last = earlier.at(-1);
  if (last !== undefined)
    return saysTheSame(last, context)
      ? outcomeOf(history.slice(0, last.revision + 1), earlier, 'included')
      : reject('COMMAND_ID_REUSED', 'invalid');
  const seen = context.expectedDecisionVersion;
  if (seen === undefined) return undefined;
  const decisionVersion = decisionVersionOf(history);
  return seen === decisionVersion ? undefined : reject('VERSION_STALE', 'conflict', { decisionVersion });
}

function saysTheSame({ metadata }: StoredEvent<DomainEvent>, { contentDigest }: CommandContext): boolean {
  const then = metadata.contentDigest;
  return then === undefined || contentDigest === undefined || then === contentDigest;
}

/** The accepted outcome of `events` on top of `history`, or as its last part. */
export function outcomeOf<E extends DomainEvent>(
  history: readonly StoredEvent<E>[],
  events: readonly StoredEvent<E>[],
  place: 'after' | 'included' = 'after',
): CommandOutcome<E> {
  const added = place === 'after' ? events : [];
  return {
    kind: 'accepted',
    events,
    revision: history.length + added.length - 1,
    decisionVersion: decisionVersionOf(history) + decisionVersionOf(added),
  };
}
