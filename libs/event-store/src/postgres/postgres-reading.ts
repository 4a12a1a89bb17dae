import { type Pool } from 'pg';
import {
  type CallOptions,
  type ReadAllOptions,
  type ReadAllResult,
  type ReadHeadsOptions,
  type ReadStreamOptions,
  type ReadStreamResult,
  type RecordedEvent,
  START,
  type StreamHead,
} from '../event-store.port';
import { limits } from '../json/event-checks';
import { defaultDeadlineMs } from '../deadline';
import { textArray } from './binary-arrays';
import { type Note, eventColumns, eventIn, instants, noteIn } from './binary-rows';
import { pageOf } from './event-rows';
import { PreparedCalls, type PreparedStatement, type WireValue } from './prepared-call';
import { type RowTaker } from './raw-rows';
import { onConnection } from './store-call';
import { type ReadTransport, type StreamReads } from './stream-reads';

/** Positions that one `readAll` looks at, at most, whatever its filter hides. */
export const windowSize = 20_000;

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
        events.push(eventIn(bytes, at, requests[place]?.stream ?? '', instant));
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

/** Where a stream ends (hash of its head, last revision), then events; no row: a missing stream. One statement, one snapshot. */
const readAny = (direction: 'forwards' | 'backwards') => ({
  name: `eventstore-read-${direction}-with-end`,
  text: `(select s.head_hash as data, null::text as metadata, null::text as type, s.revision,
      null::bigint as position, null::uuid as id, null::timestamptz as stored_at
      from eventstore.streams s where s.stream = $1)
    union all
    (select ${eventColumns} from eventstore.events
      where stream = $1 and revision ${direction === 'forwards' ? '>=' : '<='} $2
      order by revision ${direction === 'forwards' ? 'asc' : 'desc'} limit $3)`,
});
const readForwardsWithEnd = readAny('forwards');
const readBackwardsWithEnd = readAny('backwards');

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
  const ask = (statement: PreparedStatement, from: number): Promise<ReadStreamResult> =>
    readWithEnd(pool, statement, { stream, from, limit, request });
  if (direction === 'backwards') return ask(readBackwardsWithEnd, request.from ?? 2_147_483_647);
  const from = request.from ?? 0;
  if (from === 0 && limit >= limits.eventsPerRead && !headHash) {
    const events = await reads.read({ stream, limit, call: request });
    const last = events.at(-1);
    if (last !== undefined && events.length < limit)
      return { kind: 'found', events, lastRevision: last.revision };
  }
  return ask(readForwardsWithEnd, from);
}

async function readWithEnd(
  pool: Pool,
  statement: PreparedStatement,
  on: { stream: string; from: number; limit: number; request: ReadStreamOptions },
): Promise<ReadStreamResult> {
  const { stream, from, limit, request } = on;
  const instant = instants();
  const events: RecordedEvent[] = [];
  let end: Note | undefined;
  await readRows(pool, statement, [stream, String(from), String(limit)], request, (bytes, at) => {
    const note = noteIn(bytes, at);
    if (note === undefined) events.push(eventIn(bytes, at, stream, instant));
    else end = note;
  });
  if (end === undefined) return { kind: 'missing' };
  const { revision: lastRevision, text: headHash = '' } = end;
  return { kind: 'found', events, lastRevision, headHash };
}

function readRows(
  pool: Pool,
  statement: PreparedStatement,
  values: readonly WireValue[],
  call: CallOptions,
  takeRow: RowTaker['takeRow'],
): Promise<void> {
  const reader = { takeRow, callEnds: () => undefined };
  return onConnection(
    pool,
    'read',
    call,
    (client) => client.query(new PreparedCalls(statement, [values], reader)).done,
  );
}

const readAll = {
  name: 'eventstore-read-page',
  text: `select ${eventColumns}, stream from eventstore.read_all($1, $2, $3::text[], $4::text[], $5)`,
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
  const instant = instants();
  const events: RecordedEvent[] = [];
  let end: Note | undefined;
  let [size, cut] = [0, false];
  await readRows(pool, readAll, values, request, (bytes, at) => {
    end = noteIn(bytes, at);
    if (end !== undefined) return;
    cut = size >= limits.bytesPerPage;
    if (cut) return;
    const event = eventIn(bytes, at, undefined, instant);
    size += event.data.length + event.metadata.length;
    events.push(event);
  });
  if (cut || end === undefined) return pageOf(events, undefined, false, after);
  return pageOf(events, end.position, end.revision === 1, after);
}

const readHeads = `select stream, revision, head_hash as "headHash" from eventstore.streams
  where stream > $1 and category = any($2) order by stream limit $3`;

/** One page of the streams' recorded ends, along the primary key. */
export async function readHeadsFrom(pool: Pool, request: ReadHeadsOptions): Promise<readonly StreamHead[]> {
  const { after = '', categories, limit = 500 } = request;
  const values = [after, categories, limit];
  const { rows } = await onConnection(pool, 'read', request, (client) =>
    client.query<StreamHead>(readHeads, values),
  );
  return rows;
}
