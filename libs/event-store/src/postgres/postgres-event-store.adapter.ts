import { Pool } from 'pg';
import { BrokenLink, WrongExpectedRevision } from '../event-store.errors';
import {
  type AppendResult,
  type EventStore,
  type ExpectedRevision,
  type ReadAllOptions,
  type ReadAllResult,
} from '../event-store.port';
import { checkAppend, checkReadAll, checkReadHeads, checkReadStream } from '../json/event-checks';
import { follow } from '../subscription';
import { createWakeUp } from '../wake-up';
import { AppendFlights, type AppendRow } from './append-flights';
import { appendTransport } from './append-transport';
import { recorded, token } from './event-rows';
import { readAllByCopy } from './postgres-copying';
import { readAllFrom, readHeadsFrom, readStreamFrom, readTransport } from './postgres-reading';
import { StreamReads } from './stream-reads';
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
  /** Of an own pool: milliseconds after which an attempt to connect, or to get a free connection, is given up. Default 5,000. */
  readonly connectWithinMs?: number;
}

/** Rest of a connection after which the system asks whether its other end is still there. */
const keepAliveAfterMs = 10_000;

/** How `token` writes a position. */
const positionForm = /^\d{20}$/;

/** The event store on PostgreSQL; schema by `migrateEventStore`. Order and progress: ADR 0003. */
export function createPostgresEventStore(options: PostgresEventStoreOptions): EventStore {
  const pool = options.pool ?? ownPool(options);
  const silenceMs = options.silenceMs ?? 5_000;
  const wakeUp = createWakeUp();
  const channel = new WakeUpChannel(pool, wakeUp, silenceMs);
  const flights = new AppendFlights(appendTransport(pool));
  const reads = new StreamReads(readTransport(pool));
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
      if (!result.replayed) channel.appended(events.map(({ type }) => type));
      return result;
    },
    async readStream(stream, request) {
      checkReadStream(stream, request);
      return readStreamFrom(pool, reads, stream, request);
    },
    readAll,
    async readHeads(request) {
      checkReadHeads(request);
      return readHeadsFrom(pool, request);
    },
    subscribe(request) {
      channel.listen();
      return follow(request, {
        readAll,
        catchUp: (page) => readAllByCopy(pool, page),
        wakeUp,
        silenceMs,
        pollMs: () => channel.pollMs(),
      });
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
  connectWithinMs = 5_000,
}: PostgresEventStoreOptions): Pool {
  const pool = new Pool({
    max: maxConnections,
    application_name: applicationName,
    // An attempt that nobody answers would keep its slot for ever, whatever became of the call.
    connectionTimeoutMillis: connectWithinMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveAfterMs,
    ...(connectionString === undefined ? {} : { connectionString }),
  });
  // An idle connection that breaks is replaced at the next call; without a listener the process would end.
  pool.on('error', () => undefined);
  // Nor may it end when one breaks between the pool's listening and its user's.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

function resultOf(stream: string, expected: ExpectedRevision, row: AppendRow): AppendResult {
  if (row.kind === 'conflict') {
    const words = typeof expected === 'object' ? String(expected.revision) : String(expected);
    throw new WrongExpectedRevision(stream, words, row.revision ?? undefined, row.missed?.map(recorded));
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
