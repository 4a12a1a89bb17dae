import { type StoredEvent, decodeEvent } from '@balagh/case-events';
import { LRUCache } from 'lru-cache';
import { type EventStore, type RecordedEvent } from '../event-store.port';
import { type LoadedStream } from './case-streams';
import { eventHash, previousHashOf } from './chain';

type DomainEvent = { type: string; data: unknown };
type Events = readonly StoredEvent<DomainEvent>[];

interface Remembered {
  readonly events: Events;
  readonly head: { readonly revision: number; readonly hash: string };
}

/** Events kept by one process, about 2 kB each, and the longest stream worth keeping. */
const [mostEvents, longestStream] = [10_000, 500];

/**
 * Whole streams, decoded. Events never change, so what was read, appended or brought by a feed is kept: every consumer of a service loads the
 * same case again and again. `load` asks only for what came since; the answer of the store still says where the stream ends, and
 * the first new event names the hash of the last one kept. Whatever does not fit, after a restore for instance, is forgotten and read anew.
 */
export class StreamMemory {
  private readonly kept = new LRUCache<string, Remembered>({
    maxSize: mostEvents,
    maxEntrySize: longestStream,
    sizeCalculation: ({ events }) => Math.max(1, events.length),
  });

  constructor(private readonly store: EventStore) {}

  /** All events up to now; none when the stream is missing. @throws InvalidStoredEvent, EventNewer (retriable), the store's faults */
  async load<E extends DomainEvent>(stream: string): Promise<LoadedStream<E>> {
    const known = this.kept.get(stream);
    const since = known === undefined ? undefined : await this.readSince(stream, known);
    if (known !== undefined && since !== undefined)
      return this.keep(stream, known.events, since, known.head) as LoadedStream<E>;
    this.forget(stream);
    return this.keep(stream, [], await readWholeStream(this.store, stream)) as LoadedStream<E>;
  }

  /** A stream as far as it is kept, without asking the store. Undefined when it is not, or does not reach that revision. */
  remembered<E extends DomainEvent>(stream: string, atLeast: number): LoadedStream<E> | undefined {
    const known = this.kept.get(stream);
    if (known === undefined || known.head.revision < atLeast) return undefined;
    return { stream, ...known } as unknown as LoadedStream<E>;
  }

  /**
   * An event that continues what is kept of its stream, or begins it; others teach nothing. Answers with the event as it is kept, undefined
   * when it is not. Never throws: what cannot be decoded is for its reader to find.
   */
  learn(event: RecordedEvent): StoredEvent<DomainEvent> | undefined {
    const known = this.kept.get(event.stream);
    const end = known?.head.revision ?? -1;
    if (event.revision <= end) {
      const kept = known?.events[event.revision];
      return kept?.id === event.id ? kept : undefined;
    }
    if (event.revision > end + 1) return undefined;
    try {
      const decoded = decodeEvent<DomainEvent>(event);
      if (known !== undefined && decoded.metadata.previousHash !== known.head.hash) return undefined;
      const head = { revision: event.revision, hash: eventHash(event) };
      this.remember(event.stream, { events: [...(known?.events ?? []), decoded], head });
      return decoded;
    } catch {
      this.forget(event.stream);
      return undefined;
    }
  }

  /** Revision up to which a stream is kept; −1 when it is not. */
  reach(stream: string): number {
    return this.kept.peek(stream)?.head.revision ?? -1;
  }

  /** What this process has appended onto a stream that it had loaded. */
  appended(stream: string, events: Events, head: Remembered['head']): void {
    this.remember(stream, { events, head });
  }

  forget(stream: string): void {
    this.kept.delete(stream);
  }

  /** What came after the events kept; undefined when these are not its beginning any more. */
  private async readSince(
    stream: string,
    { events, head }: Remembered,
  ): Promise<readonly RecordedEvent[] | undefined> {
    const page = await this.store.readStream(stream, {
      from: head.revision + 1,
      limit: longestStream,
      headHash: true,
    });
    if (page.kind === 'missing' || page.lastRevision < head.revision) return undefined;
    const [next] = page.events;
    if (next === undefined)
      return page.lastRevision === head.revision && (page.headHash ?? head.hash) === head.hash
        ? []
        : undefined;
    const complete = page.events.at(-1)?.revision === page.lastRevision;
    return complete && next.revision === events.length && previousHashOf(next) === head.hash
      ? page.events
      : undefined;
  }

  private keep(
    stream: string,
    before: Events,
    raw: readonly RecordedEvent[],
    head?: Remembered['head'],
  ): LoadedStream<DomainEvent> {
    const last = raw.at(-1);
    const events = [...before, ...raw.map((event) => decodeEvent<DomainEvent>(event))];
    const end = last === undefined ? head : { revision: last.revision, hash: eventHash(last) };
    if (end === undefined) return { stream, events };
    this.remember(stream, { events, head: end });
    return { stream, events, head: end };
  }

  private remember(stream: string, what: Remembered): void {
    this.kept.set(stream, what);
  }
}

const pageSize = 10_000;

/** All events of a stream, up to a revision if given; none when it is missing. Pages of 10,000. */
export async function readWholeStream(
  store: EventStore,
  stream: string,
  upToRevision = Number.MAX_SAFE_INTEGER,
): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for (let from = 0; from <= upToRevision;) {
    const page = await store.readStream(stream, { from, limit: Math.min(pageSize, upToRevision - from + 1) });
    const last = page.kind === 'found' ? page.events.at(-1) : undefined;
    if (page.kind === 'missing' || last === undefined) return events;
    events.push(...page.events);
    if (last.revision >= page.lastRevision) return events;
    from = last.revision + 1;
  }
  return events;
}
