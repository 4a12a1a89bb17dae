import { type Deadline, startDeadline } from '../deadline';
import {
  type CallOptions,
  type EventFilter,
  type Position,
  type ReadAllOptions,
  type ReadAllResult,
  type ReadStreamOptions,
  type ReadStreamResult,
  type RecordedEvent,
  START,
} from '../event-store.port';
import { filledPage } from '../filled-page';
import { limits } from '../json/event-checks';
import { type KurrentDbConnection } from './kurrentdb-connection';
import { isMissingStream, readFault } from './kurrentdb-faults';
import {
  type AllOptions,
  type ReadBatch,
  logPosition,
  passes,
  positionOf,
  pushedDown,
  recorded,
} from './kurrentdb-events';

/** Names the faults of a read; after a silence the connection is given up. */
export async function reading<T>(
  connection: KurrentDbConnection,
  deadline: Deadline,
  read: (deadline: Deadline) => Promise<T>,
): Promise<T> {
  try {
    return await read(deadline);
  } catch (error) {
    connection.distrust(error);
    throw readFault(error);
  }
}

/** The client's reads know no deadline: each step is raced. */
async function within<T>(
  connection: KurrentDbConnection,
  options: CallOptions,
  read: (deadline: Deadline) => Promise<T>,
): Promise<T> {
  const deadline = startDeadline(options);
  try {
    return await reading(connection, deadline, read);
  } finally {
    deadline.stop();
  }
}

interface Taken {
  readonly events: ReadBatch;
  /** False when time or the size of a page ended before the read did. */
  readonly whole: boolean;
}

interface Bounds {
  readonly budgetMs?: number;
  /** Bytes of bodies after which no more is taken. */
  readonly most?: number;
}

async function take(
  batches: AsyncIterable<ReadBatch>,
  deadline: Deadline,
  { budgetMs, most = Number.POSITIVE_INFINITY }: Bounds = {},
): Promise<Taken> {
  const events: ReadBatch = [];
  let bytes = 0;
  const iterator = batches[Symbol.asyncIterator]();
  let spend: NodeJS.Timeout | undefined;
  const spent = new Promise<'spent'>((resolve) => {
    if (budgetMs !== undefined) spend = setTimeout(() => resolve('spent'), budgetMs);
  });
  try {
    for (;;) {
      const next = iterator.next();
      const step = await deadline.race(Promise.race([next, spent]));
      if (step === 'spent') {
        next.catch(() => undefined);
        return { events, whole: false };
      }
      if (step.done === true) return { events, whole: true };
      events.push(...step.value);
      for (const { event } of step.value) bytes += (event?.data.length ?? 0) + (event?.metadata.length ?? 0);
      if (bytes >= most) {
        iterator.return?.().catch(() => undefined);
        return { events, whole: false };
      }
    }
  } finally {
    clearTimeout(spend);
  }
}

interface Slice {
  readonly from: bigint | 'start' | 'end';
  readonly direction: 'forwards' | 'backwards';
  readonly limit: number;
}

/** Events of one stream; undefined when it is missing. */
export async function readSlice(
  connection: KurrentDbConnection,
  stream: string,
  slice: Slice,
  deadline: Deadline,
): Promise<readonly RecordedEvent[] | undefined> {
  const client = connection.get();
  try {
    const { events } = await take(
      client.rustClient.readStream(stream, {
        fromRevision: slice.from,
        direction: slice.direction,
        maxCount: BigInt(slice.limit),
        requiresLeader: true,
        resolvesLink: false,
      }),
      deadline,
    );
    return events.flatMap((event) => recorded(event) ?? []);
  } catch (error) {
    if (isMissingStream(error)) return undefined;
    throw error;
  }
}

export async function lastEvent(
  connection: KurrentDbConnection,
  stream: string,
  deadline: Deadline,
): Promise<RecordedEvent | undefined> {
  return (
    await readSlice(connection, stream, { from: 'end', direction: 'backwards', limit: 1 }, deadline)
  )?.[0];
}

/** No `headHash`: this store keeps none beside the events; an append with a link reads the last event. */
export async function readStreamFrom(
  connection: KurrentDbConnection,
  stream: string,
  request: ReadStreamOptions = {},
): Promise<ReadStreamResult> {
  const { direction = 'forwards', limit = limits.eventsPerRead, from } = request;
  return within(connection, request, async (deadline) => {
    const slice = (at: Slice['from']) =>
      readSlice(connection, stream, { from: at, direction, limit }, deadline);
    if (direction === 'backwards') {
      const last = await lastEvent(connection, stream, deadline);
      if (last === undefined) return { kind: 'missing' };
      const events = await slice(BigInt(Math.min(from ?? last.revision, last.revision)));
      return { kind: 'found', events: events ?? [], lastRevision: last.revision };
    }
    const events = await slice(BigInt(from ?? 0));
    if (events === undefined) return { kind: 'missing' };
    const end = events.at(-1);
    const last =
      end !== undefined && events.length < limit ? end : await lastEvent(connection, stream, deadline);
    return last === undefined ? { kind: 'missing' } : { kind: 'found', events, lastRevision: last.revision };
  });
}

/** Events looked at without the store's search when that search finds nothing in half the deadline. */
const windowSize = 1_000;

/**
 * The log's end is noted first, then the log is searched: what the search did not find up to that end is not there, and the
 * checkpoint may move to it. A search that takes too long is left, and a window is looked at instead, so that the
 * checkpoint moves at every call.
 */
export async function readAllFrom(
  connection: KurrentDbConnection,
  request: ReadAllOptions = {},
): Promise<ReadAllResult> {
  const { after = START, filter = {}, limit = 500 } = request;
  return within(connection, request, async (deadline) => {
    const client = connection.get();
    const read = (options: Partial<AllOptions>, bounds: Bounds = {}): Promise<Taken> =>
      take(
        client.rustClient.readAll({
          fromPosition: logPosition(after),
          direction: 'forwards',
          maxCount: BigInt(limit + 1),
          requiresLeader: true,
          resolvesLink: false,
          ...options,
        }),
        deadline,
        { most: limits.bytesPerPage, ...bounds },
      );
    const [tail] = (await read({ fromPosition: 'end', direction: 'backwards', maxCount: 1n })).events;
    const end = tail === undefined ? START : positionOf(tail);
    if (end <= after) return { events: [], checkpoint: after, caughtUp: true };
    if (filter.types?.length === 0 || filter.categories?.length === 0)
      return { events: [], checkpoint: end, caughtUp: true };
    // Reading starts at a position, not after it: one more than the limit.
    const found = await read({ filter: pushedDown(filter) }, { budgetMs: deadline.remainingMs() / 2 });
    if (found.whole || found.events.length > 0)
      return pageOf(found, { after, filter, limit, asked: limit + 1, end });
    const window = await read({ maxCount: BigInt(windowSize) });
    return pageOf(window, { after, filter, limit, asked: windowSize, end });
  });
}

interface Asked {
  readonly after: Position;
  readonly filter: EventFilter;
  readonly limit: number;
  readonly asked: number;
  /** End of the log before it was searched. */
  readonly end: Position;
}

function pageOf({ events, whole }: Taken, { after, filter, limit, asked, end }: Asked): ReadAllResult {
  const exhausted = whole && events.length < asked;
  const passing = events.flatMap((resolved) => {
    const event = recorded(resolved);
    return event !== undefined && event.position > after && passes(event, filter) ? [event] : [];
  });
  // The client hands over batches of its own size: one may be more than a page.
  const page = filledPage(passing, limit);
  const cut = passing.length > page.length;
  const last = events.at(-1);
  const reached = last === undefined ? after : positionOf(last);
  if (cut) return { events: page, checkpoint: page.at(-1)?.position ?? after, caughtUp: false };
  const seen = reached > after ? reached : after;
  return { events: page, checkpoint: exhausted && end > seen ? end : seen, caughtUp: exhausted };
}
