import { type Pool } from 'pg';
import {
  type ReadAllOptions,
  type ReadAllResult,
  type ReadStreamOptions,
  type ReadStreamResult,
  type RecordedEvent,
  START,
} from '../event-store.port';
import { limits } from '../json/event-checks';
import { defaultDeadlineMs } from '../deadline';
import { textArray } from './binary-arrays';
import { eventIn as binaryEvent, eventColumns, instants } from './binary-rows';
import { type EventRow, isEvent, pageOf, recorded, rfc3339, token } from './event-rows';
import { PreparedCall, PreparedCalls } from './prepared-call';
import { onConnection, storeCall } from './store-call';
import { type ReadTransport, type StreamReads } from './stream-reads';

/** Positions that one `readAll` looks at, at most, whatever its filter hides. */
export const windowSize = 20_000;

/**
 * Data, metadata, and the rest in one: revision, position, id, type, time of storing. Few columns, without names, because the
 * driver's time goes by values.
 */
type StreamRow = readonly [string, string, string];

const columns = `e.data, e.metadata, concat(e.revision, ' ', e.position, ' ', e.id, ' ', e.type, ' ', e.stored_at)`;

const readWhole = {
  name: 'eventstore-read-whole',
  text: `select ${eventColumns} from eventstore.events where stream = $1 order by revision limit $2`,
};

/** Streams from their beginning, one after the other in one round trip. */
export function readTransport(pool: Pool): ReadTransport {
  return (requests, settle) => {
    let place = 0;
    let events: RecordedEvent[] = [];
    const instant = instants();
    const reader = {
      takeRow: (bytes: Buffer, at: number) => {
        events.push(binaryEvent(bytes, at, requests[place]?.stream ?? '', instant));
      },
      callEnds: () => {
        settle(place, events);
        [place, events] = [place + 1, []];
      },
    };
    const calls = requests.map(({ stream, limit }) => [stream, String(limit)]);
    // Who waits less has its own deadline; the connection is given up when nobody waits any more.
    const deadlineMs = Math.max(...requests.map(({ call }) => call.deadlineMs ?? defaultDeadlineMs));
    return onConnection(
      pool,
      'read',
      { deadlineMs },
      (client) => client.query(new PreparedCalls(readWhole, calls, reader)).done,
    );
  };
}

/** The stream's own row (hash of its head, last revision, nothing), then events; no row: a missing stream. One statement, one snapshot. */
const readAny = (direction: 'forwards' | 'backwards') => ({
  name: `eventstore-read-${direction}-with-head`,
  text: `(select s.head_hash, s.revision::text, '' from eventstore.streams s where s.stream = $1)
    union all
    (select ${columns} from eventstore.events e
      where e.stream = $1 and e.revision ${direction === 'forwards' ? '>=' : '<='} $2
      order by e.revision ${direction === 'forwards' ? 'asc' : 'desc'} limit $3)`,
});
const readForwardsWithHead = readAny('forwards');
const readBackwardsWithHead = readAny('backwards');

/**
 * One statement, one snapshot. Where the last event is among those read, it says itself where the stream ends; its own row is looked up only
 * for who asks for its record, and where the page may end earlier, is empty or begins later. Missing streams and those of more than a page take two statements.
 */
export async function readStreamFrom(
  pool: Pool,
  reads: StreamReads,
  stream: string,
  request: ReadStreamOptions = {},
): Promise<ReadStreamResult> {
  const { direction = 'forwards', limit = limits.eventsPerRead, headHash = false } = request;
  const ask = (query: { name: string; text: string }, ...values: readonly number[]) =>
    storeCall(pool, 'read', query, [stream, ...values.map(String)], request) as Promise<readonly StreamRow[]>;
  if (direction === 'backwards')
    return withHead(stream, await ask(readBackwardsWithHead, request.from ?? 2_147_483_647, limit));
  const from = request.from ?? 0;
  if (from === 0 && limit >= limits.eventsPerRead && !headHash) {
    const events = await reads.read({ stream, limit, call: request });
    const last = events.at(-1);
    if (last !== undefined && events.length < limit)
      return { kind: 'found', events, lastRevision: last.revision };
  }
  return withHead(stream, await ask(readForwardsWithHead, from, limit));
}

function withHead(stream: string, [head, ...events]: readonly StreamRow[]): ReadStreamResult {
  if (head === undefined) return { kind: 'missing' };
  const [headHash, lastRevision] = head;
  return {
    kind: 'found',
    events: events.map((row) => eventIn(row, stream)),
    lastRevision: Number(lastRevision),
    headHash,
  };
}

const idLength = 36;

/** By places: to split the text takes three times as long. */
function eventIn([data, metadata, facts]: StreamRow, stream: string): RecordedEvent {
  const position = facts.indexOf(' ') + 1;
  const id = facts.indexOf(' ', position) + 1;
  const type = id + idLength + 1;
  const storedAt = facts.indexOf(' ', type) + 1;
  return {
    position: token(facts.slice(position, id - 1)),
    stream,
    revision: Number(facts.slice(0, position - 1)),
    id: facts.slice(id, type - 1),
    type: facts.slice(type, storedAt - 1),
    data,
    metadata,
    storedAt: rfc3339(facts.slice(storedAt)),
  };
}

const readAll = {
  name: 'eventstore-read-all',
  text: `select position, stream, revision, id, type, data, metadata, stored_at
    from eventstore.read_all($1, $2, $3::text[], $4::text[], $5)`,
};

/** One page of the global order (ADR 0003), by a prepared statement. */
export async function readAllFrom(pool: Pool, request: ReadAllOptions): Promise<ReadAllResult> {
  const { after = START, filter, limit = 500 } = request;
  const values = [
    after === START ? '0' : after,
    String(limit),
    filter?.types === undefined ? null : textArray(filter.types),
    filter?.categories === undefined ? null : textArray(filter.categories),
    String(windowSize),
  ];
  const { rows, cut } = await onConnection(pool, 'read', request, async (client) => {
    const call = client.query(new PreparedCall(readAll, values, limits.bytesPerPage));
    return { rows: (await call.rows) as readonly EventRow[], cut: call.cut };
  });
  if (cut) return pageOf(rows.map(recorded), undefined, false, after);
  const end = rows.at(-1);
  const [position, , revision] = end ?? [];
  return pageOf(rows.filter(isEvent).map(recorded), position ?? undefined, revision === '1', after);
}
