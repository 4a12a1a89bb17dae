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
import { textArray } from './binary-arrays';
import { type EventRow, isEvent, pageOf, recorded, rfc3339, token } from './event-rows';
import { PreparedCall } from './prepared-call';
import { onConnection, storeCall } from './store-call';

/** Positions that one `readAll` looks at, at most, whatever its filter hides. */
export const windowSize = 20_000;

/**
 * Data, metadata, and the rest in one: revision, position, id, type, time of storing, and in the first event that was asked for, read
 * forwards, the stream's last revision and the hash of its head. Few columns, without names, because a command reads a whole stream before it
 * decides, and the driver's time goes by values.
 */
type StreamRow = readonly [string, string, string];

const facts = `e.revision, ' ', e.position, ' ', e.id, ' ', e.type, ' ', e.stored_at`;

/** Revisions have no gaps: the first row is the event that was asked for, or there is none. */
const readForwards = {
  name: 'eventstore-read-forwards',
  text: `select e.data, e.metadata, concat(${facts}, case when e.revision = $2
      then (select concat(' ', s.revision, ' ', s.head_hash) from eventstore.streams s where s.stream = $1) end)
    from eventstore.events e where e.stream = $1 and e.revision >= $2 order by e.revision limit $3`,
};

/** The stream's own row (hash of its head, last revision, nothing), then events; no row: a missing stream. One statement, one snapshot. */
const readAny = (direction: 'forwards' | 'backwards') => ({
  name: `eventstore-read-${direction}-with-head`,
  text: `(select s.head_hash, s.revision::text, '' from eventstore.streams s where s.stream = $1)
    union all
    (select e.data, e.metadata, concat(${facts}) from eventstore.events e
      where e.stream = $1 and e.revision ${direction === 'forwards' ? '>=' : '<='} $2
      order by e.revision ${direction === 'forwards' ? 'asc' : 'desc'} limit $3)`,
});
const readForwardsWithHead = readAny('forwards');
const readBackwardsWithHead = readAny('backwards');

/** One statement, one snapshot; two where a stream is missing. */
export async function readStreamFrom(
  pool: Pool,
  stream: string,
  request: ReadStreamOptions = {},
): Promise<ReadStreamResult> {
  const { direction = 'forwards', limit = 10_000 } = request;
  const ask = (query: { name: string; text: string }, from: number) =>
    storeCall(pool, 'read', query, [stream, String(from), String(limit)], request) as Promise<
      readonly StreamRow[]
    >;
  if (direction === 'backwards')
    return withHead(stream, await ask(readBackwardsWithHead, request.from ?? 2_147_483_647));
  const from = request.from ?? 0;
  // Whoever asks for what came since mostly hears that nothing did: the head says that in the same statement.
  if (from > 0) return withHead(stream, await ask(readForwardsWithHead, from));
  const rows = await ask(readForwards, from);
  const [first, ...others] = rows;
  // Nothing to read, or, in a store that somebody has tampered with, not the event that was asked for.
  if (first === undefined || !first[2].startsWith(`${from} `))
    return withHead(stream, await ask(readForwardsWithHead, from));
  const [data, metadata, facts] = first;
  const hash = facts.lastIndexOf(' ') + 1;
  const lastRevision = facts.lastIndexOf(' ', hash - 2) + 1;
  const own: StreamRow = [data, metadata, facts.slice(0, lastRevision - 1)];
  return {
    kind: 'found',
    events: [own, ...others].map((row) => eventIn(row, stream)),
    lastRevision: Number(facts.slice(lastRevision, hash - 1)),
    headHash: facts.slice(hash),
  };
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
