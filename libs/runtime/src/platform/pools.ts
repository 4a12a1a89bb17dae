import { type Logger } from 'pino';
import { Pool } from 'pg';
import { survivesItsEnd } from '../database/connection-errors';
import { type StatementLimits, keepAliveAfterMs, statementLimits } from '../database/data-source-options';
import { preparesStatements } from '../database/prepared-statements';
import { endsWhenSilent } from '../database/silent-connections';

export interface PoolSettings {
  readonly url: string;
  /** Seen in pg_stat_activity. */
  readonly applicationName: string;
  readonly max: number;
}

/** Bounded in connections, waiting, statement time and silence. A broken idle connection is logged and replaced. */
export function createPool(
  settings: PoolSettings,
  log: Logger,
  { statementMs, silenceMs }: StatementLimits = statementLimits,
): Pool {
  const pool = new Pool({
    connectionString: settings.url,
    application_name: settings.applicationName,
    max: settings.max,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: statementMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveAfterMs,
    idle_in_transaction_session_timeout: 30_000,
  });
  pool.on('connect', survivesItsEnd);
  pool.on('connect', (client) => endsWhenSilent(client, silenceMs));
  pool.on('connect', preparesStatements);
  pool.on('error', (err) =>
    log.warn({ event: 'database.connection.lost', pool: settings.applicationName, err }),
  );
  return pool;
}
