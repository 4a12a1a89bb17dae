import { type Pool } from 'pg';
import {
  type ReadAllOptions,
  type ReadAllResult,
  type ReadStreamOptions,
  type ReadStreamResult,
  START,
} from '../event-store.port';
import { type EventRow, type StreamRow, isEvent, pageOf, recorded, rowTypes } from './event-rows';
import { storeCall } from './store-call';

/** Positions that one `readAll` looks at, at most, whatever its filter hides. */
export const windowSize = 20_000;

/** One indexed statement: a missing stream has no row, an empty range one without an event. */
export async function readStreamFrom(
  pool: Pool,
  stream: string,
  request: ReadStreamOptions = {},
): Promise<ReadStreamResult> {
  const { direction = 'forwards', limit = 10_000 } = request;
  const backwards = direction === 'backwards';
  const [comparison, order] = backwards ? ['<=', 'desc'] : ['>=', 'asc'];
  const from = request.from ?? (backwards ? 2_147_483_647 : 0);
  const rows = await storeCall<StreamRow>(
    pool,
    'read',
    {
      types: rowTypes,
      name: `eventstore-read-${direction}`,
      text: `select s.revision as last, s.head_hash, e.position, s.stream, e.revision, e.id, e.type, e.data, e.metadata, e.stored_at
        from eventstore.streams s left join lateral (
          select * from eventstore.events x where x.stream = s.stream and x.revision ${comparison} $2
          order by x.revision ${order} limit $3
        ) e on true
        where s.stream = $1 order by e.revision ${order}`,
      values: [stream, from, limit],
    },
    request,
  );
  const [first] = rows;
  if (first === undefined) return { kind: 'missing' };
  const events = rows.filter(isEvent).map(recorded);
  return { kind: 'found', events, lastRevision: first.last, headHash: first.head_hash };
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
