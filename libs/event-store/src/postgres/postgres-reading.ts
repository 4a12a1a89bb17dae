import { type Pool } from 'pg';
import {
  type ReadAllOptions,
  type ReadAllResult,
  type ReadStreamOptions,
  type ReadStreamResult,
  type RecordedEvent,
  START,
} from '../event-store.port';
import { type EventRow, isEvent, pageOf, recorded, rfc3339, rowTypes, token } from './event-rows';
import { onConnection, storeCall } from './store-call';

/** Positions that one `readAll` looks at, at most, whatever its filter hides. */
export const windowSize = 20_000;

/** Revision, id and type in one, data (of the stream's own row: the hash of its head), metadata, position, time of storing. */
type StreamRow = readonly [number, string | null, string, string, string, string];

const idLength = 36;

/**
 * One statement, one snapshot: the stream's own row, then its events. No row: a missing stream. Few columns, without names,
 * because a command reads a whole stream before it decides, and the driver's time goes by values.
 */
export async function readStreamFrom(
  pool: Pool,
  stream: string,
  request: ReadStreamOptions = {},
): Promise<ReadStreamResult> {
  const { direction = 'forwards', limit = 10_000 } = request;
  const backwards = direction === 'backwards';
  const [comparison, order] = backwards ? ['<=', 'desc'] : ['>=', 'asc'];
  const from = request.from ?? (backwards ? 2_147_483_647 : 0);
  const rows = await onConnection(pool, 'read', request, async (client) => {
    const result = await client.query<[...StreamRow]>({
      types: rowTypes,
      rowMode: 'array',
      name: `eventstore-read-${direction}`,
      text: `(select s.revision, null::text, s.head_hash, null::text, null::bigint, null::timestamptz from eventstore.streams s where s.stream = $1)
        union all
        (select e.revision, e.id::text || e.type, e.data, e.metadata, e.position, e.stored_at from eventstore.events e
          where e.stream = $1 and e.revision ${comparison} $2 order by e.revision ${order} limit $3)`,
      values: [stream, from, limit],
    });
    return result.rows;
  });
  const head = rows.find(([, names]) => names === null);
  if (head === undefined) return { kind: 'missing' };
  const events = rows.flatMap((row) => (row === head ? [] : eventIn(row, stream)));
  return { kind: 'found', events, lastRevision: head[0], headHash: head[2] };
}

function eventIn(
  [revision, names, data, metadata, position, storedAt]: StreamRow,
  stream: string,
): RecordedEvent {
  return {
    position: token(position),
    stream,
    revision,
    id: (names ?? '').slice(0, idLength),
    type: (names ?? '').slice(idLength),
    data,
    metadata,
    storedAt: rfc3339(storedAt),
  };
}

/** One page of the global order (ADR 0003), by a prepared statement. */
export async function readAllFrom(pool: Pool, request: ReadAllOptions): Promise<ReadAllResult> {
  const { after = START, filter, limit = 500 } = request;
  const rows = await storeCall<EventRow>(
    pool,
    'read',
    {
      types: rowTypes,
      name: 'eventstore-read-all',
      text: 'select * from eventstore.read_all($1, $2, $3::text[], $4::text[], $5)',
      values: [
        after === START ? '0' : after,
        limit,
        filter?.types ?? null,
        filter?.categories ?? null,
        windowSize,
      ],
    },
    request,
  );
  const end = rows.at(-1);
  return pageOf(rows.filter(isEvent).map(recorded), end?.position ?? undefined, end?.revision === 1, after);
}
