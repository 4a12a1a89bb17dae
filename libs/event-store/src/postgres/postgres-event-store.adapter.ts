import { Pool } from 'pg';
import { BrokenLink, WrongExpectedRevision } from '../event-store.errors';
import {
  type AppendResult,
  type EventStore,
  type ExpectedRevision,
  type ReadAllOptions,
  type ReadAllResult,
  type ReadStreamOptions,
  type ReadStreamResult,
  START,
} from '../event-store.port';
import { checkAppend, checkReadAll, checkReadStream } from '../json/event-checks';
import { follow } from '../subscription';
import { createWakeUp } from '../wake-up';
import { AppendFlights, type AppendRow } from './append-flights';
import { appendTransport } from './append-transport';
import { type EventRow, type StreamRow, isEvent, recorded, rowTypes, token } from './event-rows';
import { storeCall } from './store-call';
import { WakeUpChannel } from './wake-up-channel';

export interface PostgresEventStoreOptions {
  /** Connection string, or `pool`. */
  readonly connectionString?: string;
  /** A pool of the caller, who also ends it. Holds at least two connections: one listens while a subscription runs. */
  readonly pool?: Pool;
  readonly applicationName?: string;
  /** Connections of an own pool. Default 8. */
  readonly maxConnections?: number;
  /** Milliseconds without an answer after which a subscription gives its connection up and takes another. Default 5,000. */
  readonly silenceMs?: number;
}

/** How `token` writes a position. */
const positionForm = /^\d{20}$/;
/** Positions that one `readAll` looks at, at most, whatever its filter hides. */
const windowSize = 20_000;

/** The event store on PostgreSQL; schema by `migrateEventStore`. Order and progress: ADR 0003. */
export function createPostgresEventStore(options: PostgresEventStoreOptions): EventStore {
  const pool = options.pool ?? ownPool(options);
  const silenceMs = options.silenceMs ?? 5_000;
  const wakeUp = createWakeUp();
  const channel = new WakeUpChannel(pool, wakeUp, silenceMs);
  const flights = new AppendFlights(appendTransport(pool));
  const readAll = async (request: ReadAllOptions = {}): Promise<ReadAllResult> => {
    checkReadAll(request, positionForm);
    return readAllFrom(pool, request);
  };
  return {
    async append(stream, expected, events, call = {}) {
      checkAppend(stream, expected, events);
      const [revision, link] = expectation(expected);
      const row = await flights.append({ stream, expected: revision, link, events, call });
      const result = resultOf(stream, expected, row);
      if (!result.replayed) channel.appended();
      return result;
    },
    async readStream(stream, request) {
      checkReadStream(stream, request);
      return readStreamFrom(pool, stream, request);
    },
    readAll,
    subscribe(request) {
      channel.listen();
      return follow(request, { readAll, wakeUp, silenceMs, pollMs: () => channel.pollMs() });
    },
    async close() {
      channel.close();
      wakeUp.signal();
      if (options.pool === undefined) await pool.end();
    },
  };
}

function ownPool({
  connectionString,
  applicationName = 'balagh-event-store',
  maxConnections = 8,
}: PostgresEventStoreOptions): Pool {
  const pool = new Pool({
    max: maxConnections,
    application_name: applicationName,
    keepAlive: true,
    ...(connectionString === undefined ? {} : { connectionString }),
  });
  // An idle connection that breaks is replaced at the next call; without a listener the process would end.
  pool.on('error', () => undefined);
  return pool;
}

function resultOf(stream: string, expected: ExpectedRevision, row: AppendRow): AppendResult {
  if (row.kind === 'conflict') {
    const words = typeof expected === 'object' ? String(expected.revision) : String(expected);
    throw new WrongExpectedRevision(stream, words, row.revision ?? undefined);
  }
  if (row.kind === 'broken_link') throw new BrokenLink(`stream ${stream} at ${row.revision ?? 'none'}`);
  return {
    revision: row.revision ?? 0,
    position: token(row.position ?? '0'),
    replayed: row.kind === 'replayed',
  };
}

function expectation(expected: ExpectedRevision): readonly [number, string | null] {
  if (typeof expected === 'object') return [expected.revision, expected.headHash];
  if (typeof expected === 'number') return [expected, null];
  return [{ none: -1, exists: -2, any: -3 }[expected], null];
}

async function readStreamFrom(
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

async function readAllFrom(pool: Pool, request: ReadAllOptions): Promise<ReadAllResult> {
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
  const events = rows.filter(isEvent).map(recorded);
  const end = rows.at(-1);
  const checkpoint = end?.position ?? rows.at(-2)?.position;
  if (end === undefined || checkpoint === undefined || checkpoint === null)
    return { events, checkpoint: after, caughtUp: true };
  return {
    events,
    checkpoint: Number(checkpoint) === 0 ? START : token(checkpoint),
    caughtUp: end.revision === 1,
  };
}
