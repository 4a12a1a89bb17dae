import { eventHash } from '../case-streams/chain';
import { BrokenLink, WrongExpectedRevision } from '../event-store.errors';
import {
  type AppendResult,
  type EventFilter,
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
  type Position,
  type ReadAllOptions,
  type ReadAllResult,
  type ReadHeadsOptions,
  type ReadStreamOptions,
  type ReadStreamResult,
  type RecordedEvent,
  START,
  type StreamHead,
  type SubscribeOptions,
  type SubscriptionItem,
} from '../event-store.port';
import {
  categoryOf,
  checkAppend,
  checkReadAll,
  checkReadHeads,
  checkReadStream,
  limits,
} from '../json/event-checks';
import { filledPage } from '../filled-page';
import { follow } from '../subscription';
import { createWakeUp } from '../wake-up';

/** An event store in memory, for specifications: passes the port's contract suite, forgets everything at exit. */
export function createMemoryEventStore(): EventStore {
  const all: RecordedEvent[] = [];
  const streams = new Map<string, RecordedEvent[]>();
  const wakeUp = createWakeUp();

  const record = (stream: string, events: readonly NewEvent[]): AppendResult => {
    const own = streams.get(stream) ?? [];
    streams.set(stream, own);
    for (const event of events) {
      const { id, type, data, metadata } = event;
      const position = positionOf(all.length + 1);
      const recorded = {
        id,
        type,
        data,
        metadata,
        stream,
        revision: own.length,
        position,
        storedAt: new Date().toISOString(),
      };
      own.push(recorded);
      all.push(recorded);
    }
    wakeUp.signal();
    return resultOf(own, own.length - 1, false);
  };

  const readAll = async (options: ReadAllOptions = {}): Promise<ReadAllResult> => {
    await Promise.resolve();
    checkReadAll(options, positionForm);
    const { after = START, filter, limit = 500 } = options;
    const rest = all.slice(after === START ? 0 : Number(after));
    const passing = rest.filter((event) => passes(event, filter));
    const events = filledPage(passing, limit);
    const last = events.length < passing.length || events.length === limit ? events.at(-1) : rest.at(-1);
    return {
      events,
      checkpoint: last?.position ?? after,
      caughtUp: last === undefined || last.position === all.at(-1)?.position,
    };
  };

  return {
    async append(stream, expected, events) {
      await Promise.resolve();
      checkAppend(stream, expected, events);
      const own = streams.get(stream) ?? [];
      const first = slotOf(expected);
      if (first !== undefined && isReplay(own, first, events))
        return resultOf(own, first + events.length - 1, true);
      checkExpectation(stream, own, expected);
      return record(stream, events);
    },
    async readStream(stream, options) {
      await Promise.resolve();
      checkReadStream(stream, options);
      return readOne(streams.get(stream), options);
    },
    readAll,
    async readHeads(options) {
      await Promise.resolve();
      checkReadHeads(options);
      return headsOf(streams, options);
    },
    subscribe: (options: SubscribeOptions): AsyncIterable<SubscriptionItem> =>
      follow(options, { readAll, wakeUp, pollMs: () => 1_000 }),
    close: () => Promise.resolve(wakeUp.signal()),
  };
}

const positionForm = /^\d{20}$/;
const positionOf = (n: number): Position => String(n).padStart(20, '0');

/** Revision of the first slot that the events would take; undefined when the expectation does not fix it. */
function slotOf(expected: ExpectedRevision): number | undefined {
  if (expected === 'any' || expected === 'exists') return undefined;
  if (expected === 'none') return 0;
  return (typeof expected === 'number' ? expected : expected.revision) + 1;
}

function isReplay(own: readonly RecordedEvent[], first: number, events: readonly NewEvent[]): boolean {
  return events.every((event, i) => own[first + i]?.id === event.id);
}

function checkExpectation(stream: string, own: readonly RecordedEvent[], expected: ExpectedRevision): void {
  const last = own.at(-1);
  const wrong = (): never => {
    throw new WrongExpectedRevision(
      stream,
      typeof expected === 'object' ? String(expected.revision) : String(expected),
      last?.revision,
      missedAfter(expected, own),
    );
  };
  if (expected === 'any') return;
  if (expected === 'exists') return last === undefined ? wrong() : undefined;
  if (expected === 'none') return last === undefined ? undefined : wrong();
  const revision = typeof expected === 'number' ? expected : expected.revision;
  if (last?.revision !== revision) return wrong();
  if (typeof expected === 'object' && eventHash(last) !== expected.headHash)
    throw new BrokenLink(`stream ${stream} at ${revision}`);
}

function missedAfter(
  expected: ExpectedRevision,
  own: readonly RecordedEvent[],
): readonly RecordedEvent[] | undefined {
  const first = slotOf(expected) ?? 0;
  return first > 0 && first < own.length ? own.slice(first) : undefined;
}

function resultOf(own: readonly RecordedEvent[], revision: number, replayed: boolean): AppendResult {
  return { revision, position: own[revision]?.position ?? START, replayed };
}

function readOne(
  own: readonly RecordedEvent[] | undefined,
  options: ReadStreamOptions = {},
): ReadStreamResult {
  const last = own?.at(-1);
  if (own === undefined || last === undefined) return { kind: 'missing' };
  const { direction = 'forwards', limit = limits.eventsPerRead, headHash = false } = options;
  const events =
    direction === 'forwards'
      ? own.slice(options.from ?? 0)
      : own.slice(0, (options.from ?? last.revision) + 1).reverse();
  return {
    kind: 'found',
    events: events.slice(0, limit),
    lastRevision: last.revision,
    ...(headHash ? { headHash: eventHash(last) } : {}),
  };
}

function headsOf(
  streams: ReadonlyMap<string, readonly RecordedEvent[]>,
  { after = '', categories, limit = 500 }: ReadHeadsOptions,
): readonly StreamHead[] {
  const wanted = (stream: string): boolean => stream > after && categories.includes(categoryOf(stream));
  return [...streams.keys()]
    .filter(wanted)
    .sort()
    .slice(0, limit)
    .flatMap((stream) => {
      const last = streams.get(stream)?.at(-1);
      return last === undefined ? [] : [{ stream, revision: last.revision, headHash: eventHash(last) }];
    });
}

function passes(event: RecordedEvent, filter: EventFilter | undefined): boolean {
  const { types, categories } = filter ?? {};
  return (
    (types === undefined || types.includes(event.type)) &&
    (categories === undefined || categories.includes(categoryOf(event.stream)))
  );
}
