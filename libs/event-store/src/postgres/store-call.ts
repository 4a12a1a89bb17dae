import { type Pool, type PoolClient } from 'pg';
import { type Deadline, DeadlinePassed, startDeadline } from '../deadline';
import { DeadlineExceeded, Unavailable } from '../event-store.errors';
import { type CallOptions } from '../event-store.port';
import { PreparedCall, type PreparedStatement, type WireRow, type WireValue } from './prepared-call';

/** Calls one prepared statement as `onConnection` does, and gives its rows. */
export function storeCall(
  pool: Pool,
  purpose: Purpose,
  statement: PreparedStatement,
  values: readonly WireValue[],
  options: CallOptions = {},
): Promise<readonly WireRow[]> {
  return onConnection(
    pool,
    purpose,
    options,
    (client) => client.query(new PreparedCall(statement, values)).rows,
  );
}

type Purpose = 'read' | 'append';

/**
 * Does one thing on a pooled connection within the call's deadline.
 *
 * What fails before the work began is `Unavailable`: nothing was written. What fails afterwards is
 * `DeadlineExceeded` for an append (outcome unknown) and `Unavailable` or `DeadlineExceeded` for a read. A connection that
 * did not answer is thrown away, never pooled again.
 */
export async function onConnection<T>(
  pool: Pool,
  purpose: Purpose,
  options: CallOptions,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  const timer = startDeadline(options);
  try {
    const client = await connect(pool, timer);
    return await runOn(pool, client, purpose, work, timer);
  } finally {
    timer.stop();
  }
}

async function connect(pool: Pool, deadline: Deadline): Promise<PoolClient> {
  const connecting = pool.connect();
  try {
    return await Promise.race([connecting, deadline.passed]);
  } catch (error) {
    connecting.then(
      (late) => late.release(),
      () => undefined,
    );
    throw new Unavailable('no connection to the event store', { cause: error });
  }
}

/** A connection that breaks fails its query and also emits an error, which would end the process if nobody listened. */
const watched = new WeakSet<PoolClient>();

function watch(client: PoolClient): void {
  if (watched.has(client)) return;
  watched.add(client);
  client.on('error', () => undefined);
}

async function runOn<T>(
  pool: Pool,
  client: PoolClient,
  purpose: Purpose,
  work: (client: PoolClient) => Promise<T>,
  deadline: Deadline,
): Promise<T> {
  watch(client);
  const running = work(client);
  try {
    const answer = await Promise.race([running, deadline.passed]);
    client.release();
    return answer;
  } catch (error) {
    running.catch(() => undefined);
    client.release(true);
    if (error instanceof DeadlinePassed) discardIdle(pool);
    throw faultOf(error, purpose);
  }
}

/** Where one connection went silent, the idle ones beside it may have died with it: the next calls open new ones. */
function discardIdle(pool: Pool): void {
  for (let idle = pool.idleCount; idle > 0; idle -= 1) {
    pool.connect().then(
      (client) => client.release(true),
      () => undefined,
    );
  }
}

/** Transient by their class: lost connection, rollback, resources, object state, operator, system. */
const passing = /^(08|40|53|55|57|58)/;

/** Names faults by what the caller may conclude. An SQL error of another class is a bug and passes as it is. */
function faultOf(error: unknown, purpose: Purpose): unknown {
  if (error instanceof DeadlinePassed) return new DeadlineExceeded('the event store did not answer in time');
  const code = (error as { code?: unknown }).code;
  const sqlState = typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
  if (sqlState !== undefined && !passing.test(sqlState)) return error;
  const connectionLost = sqlState === undefined || /^(08|57P)/.test(sqlState);
  if (connectionLost && purpose === 'append')
    return new DeadlineExceeded('the connection broke during an append', { cause: error });
  return new Unavailable(`the event store refused: ${sqlState ?? 'connection lost'}`, { cause: error });
}
