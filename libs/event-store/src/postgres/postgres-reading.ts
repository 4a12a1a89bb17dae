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

/** Data, metadata, and revision, position, id, type and time of storing in one. Of the stream's own row: hash of its head, last revision, nothing. */
type StreamRow = readonly [string, string, string | null];

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
      rowMode: 'array',
      name: `eventstore-read-${direction}`,
      text: `(select s.head_hash, s.revision::text, null::text from eventstore.streams s where s.stream = $1)
        union all
        (select e.data, e.metadata, e.revision || ' ' || e.position || ' ' || e.id || ' ' || e.type || ' ' || e.stored_at
          from eventstore.events e
          where e.stream = $1 and e.revision ${comparison} $2 order by e.revision ${order} limit $3)`,
      values: [stream, from, limit],
    });
    return result.rows;
  });
  const head = rows.find(([, , rest]) => rest === null);
  if (head === undefined) return { kind: 'missing' };
  const [headHash, lastRevision] = head;
  const events = rows.filter((row) => row !== head).map((row) => eventIn(row, stream));
  return { kind: 'found', events, lastRevision: Number(lastRevision), headHash };
}

const idLength = 36;

/** By places: to split the text takes three times as long. */
function eventIn([data, metadata, rest]: StreamRow, stream: string): RecordedEvent {
  const facts = rest ?? '';
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
