import { type StoredEvent, decodeEvent, typesAuthoredBy } from '@balagh/case-events';
import { type Decision } from '@balagh/decider';
import { ConflictExhausted, RevisionNotReached, WrongExpectedRevision } from '../event-store.errors';
import { type EventStore } from '../event-store.port';
import {
  type CommandContext,
  type CommandOutcome,
  type LoadedStream,
  type Patience,
  type Streams,
  type StreamsOptions,
} from './case-streams';
import { eventHash } from './chain';
import { answerBeforeDeciding, outcomeOf } from './command-answer';
import { draftEvents } from './event-draft';
import { pause, sendUntilAnswered } from './patience';
import { StreamMemory, readWholeStream } from './stream-memory';

type DomainEvent = { type: string; data: unknown };

const races = 8;
const defaultPatience: Patience = { sends: 5, withinMs: 30_000, pauseMs: 50, reads: 6 };

/** The `Streams` of one author over any event store. */
export function createStreams(store: EventStore, options: StreamsOptions): Streams {
  const patience: Patience = { ...defaultPatience, ...options.patience };
  const authored = new Set(typesAuthoredBy(options.author));
  const memory = new StreamMemory(store);

  async function load<E extends DomainEvent>(
    stream: string,
    upToRevision?: number,
  ): Promise<LoadedStream<E>> {
    if (upToRevision === undefined) return memory.load<E>(stream);
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

  async function execute<E extends DomainEvent>(
    stream: string,
    context: CommandContext,
    decide: (history: readonly StoredEvent<E>[]) => Decision<E> | Promise<Decision<E>>,
  ): Promise<CommandOutcome<E>> {
    for (let race = 1; race <= races; race += 1) {
      const loaded = await loadAtLeast<E>(stream, context.atLeastRevision ?? -1);
      const answer = answerBeforeDeciding(loaded.events, context);
      if (answer !== undefined) return answer;
      const decision = await decide(loaded.events);
      if (decision.kind === 'rejected') return decision;
      if (decision.events.length === 0) return outcomeOf(loaded.events, []);
      const drafts = draftEvents(loaded, decision.events, context, { authored, now: options.now() });
      const expected =
        loaded.head === undefined ? 'none' : { revision: loaded.head.revision, headHash: loaded.head.hash };
      try {
        await sendUntilAnswered(() => store.append(stream, expected, drafts), patience);
        return outcomeOf(
          loaded.events,
          drafts.map((raw) => decodeEvent<E>(raw)),
        );
      } catch (error) {
        if (!(error instanceof WrongExpectedRevision)) throw error;
      }
    }
    throw new ConflictExhausted(`stream ${stream}: lost ${races} races`);
  }

  return { load, execute };
}
