import {
  type Actor,
  type Author,
  type CaseEvent,
  type EventMetadata,
  type Line,
  type StoredEvent,
} from '@balagh/case-events';
import { type Decision, type Rejection } from '@balagh/decider';
import { type RecordedEvent } from '../event-store.port';

/** Who, for whom, when and why of one command: becomes the metadata of every event it leads to (design §3.9). */
export interface CommandContext {
  readonly commandId: string;
  readonly tenant: string;
  readonly actor: Actor;
  readonly line: Line;
  /** What the permission table calls the act of a person; for the record of a refusal, not stored. */
  readonly action?: string;
  readonly channel?: string;
  /** RFC 3339, when it happened; defaults to the recording time. */
  readonly occurredAt?: string;
  readonly correlationId: string;
  readonly causationId: string;
  readonly trace?: string;
  readonly profileVersion?: number;
  /**
   * Decision version the person saw. When given and stale, the command is refused with `VERSION_STALE`
   * (409 / ABORTED), details `{ decisionVersion }`. Reactions of services leave it out.
   */
  readonly expectedDecisionVersion?: number;
  /**
   * Digest of what the command says, stored with its events: the same command id with another one is refused with
   * `COMMAND_ID_REUSED` (422 / INVALID_ARGUMENT, docs/adr/0022). Absent: repeats are not compared.
   */
  readonly contentDigest?: string;
  /** The decision must see at least this revision (feed messages, design §3.6). */
  readonly atLeastRevision?: number;
  /**
   * The command most likely begins its stream: it is first decided on nothing, without reading, and counts only when the store confirms that
   * there was no stream.
   */
  readonly beginsStream?: boolean;
}

export type CommandOutcome<E extends { type: string; data: unknown } = CaseEvent> =
  | {
      readonly kind: 'accepted';
      /** What this command wrote, now or at an earlier delivery; empty when nothing was left to do. */
      readonly events: readonly StoredEvent<E>[];
      readonly revision: number;
      readonly decisionVersion: number;
    }
  | { readonly kind: 'rejected'; readonly rejection: Rejection };

/** A loaded stream: its events, decoded, and the head that the next append links to. */
export interface LoadedStream<E extends { type: string; data: unknown } = CaseEvent> {
  readonly stream: string;
  readonly events: readonly StoredEvent<E>[];
  readonly head?: { readonly revision: number; readonly hash: string };
}

/** What a command decides on is what came before it; it may be called twice and must not mind. */
export type Decide<E extends { type: string; data: unknown } = CaseEvent> = (
  history: readonly StoredEvent<E>[],
) => Decision<E> | Promise<Decision<E>>;

export interface StreamCommand<E extends { type: string; data: unknown } = CaseEvent> {
  readonly context: CommandContext;
  readonly decide: Decide<E>;
}

/**
 * Loads, decides and appends on one stream (cases and messages alike).
 *
 * `execute` takes the stream; answers from it when the command id is already there; folds; decides; appends with the exact
 * revision and hash link; on a lost race reloads and re-decides, at most 8 times (then throws `ConflictExhausted`, retriable).
 * It first tries what this process remembers of the stream: an append that the store accepts proves that it was the latest. Every other
 * result of that is thrown away and decided again on what the store says, so `decide` may be called twice and must not mind.
 * Event id = UUIDv5(command id, index). After a time-out the identical bytes are re-sent until answered, bounded
 * by the deadline. Every event must be of the author's types, else `ForeignEventType`.
 */
export interface Streams {
  load<E extends { type: string; data: unknown } = CaseEvent>(
    stream: string,
    upToRevision?: number,
  ): Promise<LoadedStream<E>>;
  /**
   * The stream up to that revision at least: what this process remembers when it reaches so far, without asking the store; what came
   * since may be missing. For projections, which every later event brings here again; people are answered from `load`.
   * @throws RevisionNotReached (retriable) when the store does not show that revision within a few reads
   */
  loadReaching<E extends { type: string; data: unknown } = CaseEvent>(
    stream: string,
    revision: number,
  ): Promise<LoadedStream<E>>;
  /**
   * An event that a feed has brought: remembered when it continues what is remembered of its stream. Answers with the event, decoded, when
   * it is remembered now. Cheap, never throws.
   */
  learn(event: RecordedEvent): StoredEvent | undefined;
  execute<E extends { type: string; data: unknown } = CaseEvent>(
    stream: string,
    context: CommandContext,
    decide: Decide<E>,
  ): Promise<CommandOutcome<E>>;
  /**
   * Several commands on one stream, in one append, all or nothing. Each decides on what those before it lead to and keeps its own id: a repeated one is
   * answered as if it had come alone. Outcomes in their order, up to the first refusal; what was accepted before that is appended. `beginsStream` and
   * `atLeastRevision` are the first command's.
   */
  executeAll<E extends { type: string; data: unknown } = CaseEvent>(
    stream: string,
    commands: readonly StreamCommand<E>[],
  ): Promise<readonly CommandOutcome<E>[]>;
}

/** One command alone, by way of several. */
export function executeBy(executeAll: Streams['executeAll']): Streams['execute'] {
  return async (stream, context, decide) => {
    const [outcome] = await executeAll(stream, [{ context, decide }]);
    if (outcome === undefined) throw new TypeError('a command has no outcome');
    return outcome;
  };
}

export interface StreamsOptions {
  readonly author: Author;
  /** The clock: RFC 3339 UTC with milliseconds. */
  readonly now: () => string;
  /** Bounds of waiting and re-sending; specifications shorten the pauses. */
  readonly patience?: Partial<Patience>;
}

export interface Patience {
  /** Sends of identical bytes after an unknown or refused append. Default 5. */
  readonly sends: number;
  /** Milliseconds within which all of them happen. Default 30,000. */
  readonly withinMs: number;
  /** First pause before sending or reading again, in milliseconds; doubles each time. Default 50. */
  readonly pauseMs: number;
  /** Reads while waiting for `atLeastRevision`. Default 6. */
  readonly reads: number;
}

export type { EventMetadata };
