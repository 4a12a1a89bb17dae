import { type StoredEvent, decodeEvent, typesAuthoredBy } from '@balagh/case-events';
import {
  ConflictExhausted,
  DeadlineExceeded,
  RevisionNotReached,
  Unavailable,
  WrongExpectedRevision,
} from '../event-store.errors';
import { type AppendResult, type EventStore, type ExpectedRevision } from '../event-store.port';
import { type DraftedEvent } from '../json/drafted-event';
import {
  type CommandOutcome,
  type LoadedStream,
  type Patience,
  type StreamCommand,
  type Streams,
  type StreamsOptions,
  executeBy,
} from './case-streams';
import { eventHash } from './chain';
import { answerBeforeDeciding, outcomeOf } from './command-answer';
import { draftEvents } from './event-draft';
import { pause, sendUntilAnswered } from './patience';
import { StreamMemory, readWholeStream } from './stream-memory';
import { Turns } from './turns';

type DomainEvent = { type: string; data: unknown };

const races = 8;
/** How long a command waits for another of this process on the same stream, in milliseconds: three messages of a case, accepted at once. */
const mostWaitMs = 250;
const defaultPatience: Patience = { sends: 5, withinMs: 30_000, pauseMs: 50, reads: 6 };

/** The `Streams` of one author over any event store. */
export function createStreams(store: EventStore, options: StreamsOptions): Streams {
  const patience: Patience = { ...defaultPatience, ...options.patience };
  const authored = new Set(typesAuthoredBy(options.author));
  const memory = new StreamMemory(store);
  const turns = new Turns(mostWaitMs);

  async function load<E extends DomainEvent>(
    stream: string,
    upToRevision?: number,
  ): Promise<LoadedStream<E>> {
    if (upToRevision === undefined) return memory.load<E>(stream);
    const kept = memory.remembered<E>(stream, upToRevision);
    // Where an event was taken out, places are not revisions: such a stream is read.
    if (kept?.events[upToRevision]?.revision === upToRevision) return beginningOf(kept, upToRevision);
    const raw = await readWholeStream(store, stream, upToRevision);
    const last = raw.at(-1);
    const events = raw.map((event) => decodeEvent<E>(event));
    return last === undefined
      ? { stream, events }
      : { stream, events, head: { revision: last.revision, hash: eventHash(last) } };
  }

  async function loadAtLeast<E extends DomainEvent>(
    stream: string,
    revision: number,
  ): Promise<LoadedStream<E>> {
    for (let read = 1; ; read += 1) {
      const loaded = await load<E>(stream);
      if ((loaded.head?.revision ?? -1) >= revision) return loaded;
      if (read >= patience.reads)
        throw new RevisionNotReached(`stream ${stream}: revision ${revision} is not visible yet`);
      await pause(patience.pauseMs * 2 ** (read - 1));
    }
  }

  /** What the commands lead to on what was loaded. Nothing is written. */
  async function decideAll<E extends DomainEvent>(
    loaded: LoadedStream<E>,
    commands: readonly StreamCommand<E>[],
  ): Promise<Decided<E>> {
    let { events, head } = loaded;
    const [outcomes, raw]: [CommandOutcome<E>[], DraftedEvent[]] = [[], []];
    for (const { context, decide } of commands) {
      const answer = answerBeforeDeciding(events, context);
      const decision = answer === undefined ? await decide(events) : undefined;
      const accepted = decision?.kind === 'accepted' ? decision.events : [];
      const onto = { stream: loaded.stream, ...(head === undefined ? {} : { head }) };
      const drafts = draftEvents(onto, accepted, context, { authored, now: options.now() });
      const written = drafts.map(({ event }) => event as StoredEvent<E>);
      const outcome = answer ?? (decision?.kind === 'rejected' ? decision : outcomeOf<E>(events, written));
      outcomes.push(outcome);
      if (outcome.kind === 'rejected') break;
      if (drafts.length === 0) continue;
      raw.push(...drafts.map((draft) => draft.raw));
      events = [...events, ...written];
      head = headOf(raw);
    }
    return { outcomes, raw, events };
  }

  /** Undefined: somebody else has appended, or the store had these events already; only the stream says what they are then. */
  async function attempt<E extends DomainEvent>(
    loaded: LoadedStream<E>,
    commands: readonly StreamCommand<E>[],
  ): Promise<Decided<E> | undefined> {
    const { stream, head } = loaded;
    const decided = await decideAll(loaded, commands);
    const { raw, events } = decided;
    if (raw.length === 0) return decided;
    const expected = head === undefined ? 'none' : { revision: head.revision, headHash: head.hash };
    const appended = await appendDrafts(stream, expected, raw);
    if (appended === undefined) return undefined;
    // Ids and slots are those of the command, the bytes may be another process's: of another moment, or of other content.
    if (appended.replayed) {
      memory.forget(stream);
      return undefined;
    }
    memory.appended(stream, events, headOf(raw));
    return decided;
  }

  async function appendDrafts(
    stream: string,
    expected: ExpectedRevision,
    drafts: readonly DraftedEvent[],
  ): Promise<AppendResult | undefined> {
    try {
      return await sendUntilAnswered(() => store.append(stream, expected, drafts), patience);
    } catch (error) {
      if (!(error instanceof WrongExpectedRevision)) throw error;
      for (const event of error.missed ?? []) memory.learn(event);
      return undefined;
    }
  }

  /**
   * Decides on what is remembered, or on nothing where a stream is to begin, without reading. Only what the store itself confirms
   * counts: an append at that very revision and hash, or an answer that stands in the stream. A refusal, a fault or "nothing to do"
   * may come from not knowing the latest events.
   */
  async function attemptFromMemory<E extends DomainEvent>(
    stream: string,
    commands: readonly StreamCommand<E>[],
  ): Promise<readonly CommandOutcome<E>[] | undefined> {
    const { atLeastRevision = -1, beginsStream } = commands[0]?.context ?? {};
    const known = memory.remembered<E>(stream, atLeastRevision);
    const remembered = known ?? (beginsStream === true ? { stream, events: [] } : undefined);
    if (remembered === undefined) return undefined;
    try {
      const decided = await attempt(remembered, commands);
      if (decided === undefined) return undefined;
      const confirmed = decided.raw.length > 0 || decided.outcomes.every(standsInTheStream);
      return confirmed ? decided.outcomes : undefined;
    } catch (error) {
      if (error instanceof Unavailable || error instanceof DeadlineExceeded) throw error;
      return undefined;
    }
  }

  function executeAll<E extends DomainEvent>(
    stream: string,
    commands: readonly StreamCommand<E>[],
  ): Promise<readonly CommandOutcome<E>[]> {
    return turns.take(stream, () => decideAndAppend(stream, commands));
  }

  async function decideAndAppend<E extends DomainEvent>(
    stream: string,
    commands: readonly StreamCommand<E>[],
  ): Promise<readonly CommandOutcome<E>[]> {
    for (let race = 1; race <= races; race += 1) {
      const reach = memory.reach(stream);
      const quick = await attemptFromMemory(stream, commands);
      if (quick !== undefined) return quick;
      // A refusal brings what was missed, mostly: then there is nothing to read.
      if (memory.reach(stream) <= reach) break;
    }
    for (let race = 1; race <= races; race += 1) {
      const loaded = await loadAtLeast<E>(stream, commands[0]?.context.atLeastRevision ?? -1);
      const decided = await attempt(loaded, commands);
      if (decided !== undefined) return decided.outcomes;
    }
    throw new ConflictExhausted(`stream ${stream}: lost ${races} races`);
  }

  async function loadReaching<E extends DomainEvent>(
    stream: string,
    revision: number,
  ): Promise<LoadedStream<E>> {
    return memory.remembered<E>(stream, revision) ?? loadAtLeast<E>(stream, revision);
  }

  return {
    load,
    loadReaching,
    execute: executeBy(executeAll),
    executeAll,
    learn: (event) => memory.learn(event) as StoredEvent | undefined,
  };
}

interface Decided<E extends DomainEvent> {
  readonly outcomes: readonly CommandOutcome<E>[];
  /** To be appended; empty when nothing is. */
  readonly raw: readonly DraftedEvent[];
  /** The stream as it stands then. */
  readonly events: readonly StoredEvent<E>[];
}

/** Answered with events that are there already. */
function standsInTheStream(outcome: CommandOutcome<DomainEvent>): boolean {
  return outcome.kind === 'accepted' && outcome.events.length > 0;
}

/** Events never change: the beginning of a stream is what it was. The next event names the hash of its last one. */
function beginningOf<E extends DomainEvent>(
  { stream, events, head }: LoadedStream<E>,
  upToRevision: number,
): LoadedStream<E> {
  const next = events[upToRevision + 1];
  if (next === undefined) return { stream, events, ...(head === undefined ? {} : { head }) };
  const hash = next.metadata.previousHash ?? '';
  return { stream, events: events.slice(0, upToRevision + 1), head: { revision: upToRevision, hash } };
}

function headOf(drafts: readonly DraftedEvent[]): DraftedEvent['head'] {
  const last = drafts.at(-1);
  if (last === undefined) throw new TypeError('nothing was appended');
  return last.head;
}
