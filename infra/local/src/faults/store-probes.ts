import { Client } from 'pg';
import { type Drill } from './drill';

export type Answer = 'answers' | 'refuses' | 'is silent';

/** How the store behaves to somebody who knocks now; `silent` after so many milliseconds. */
export async function knock(drill: Drill, silentAfterMs: number): Promise<Answer> {
  const client = new Client({
    connectionString: drill.endpoints.adminDatabaseUrl,
    connectionTimeoutMillis: silentAfterMs,
    query_timeout: silentAfterMs,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return 'answers';
  } catch (error) {
    return codeOf(error) === 'ECONNREFUSED' ? 'refuses' : 'is silent';
  } finally {
    void client.end().catch(() => undefined);
  }
}

/**
 * Writes to the store, a new piece of its log each time, until it can no more: a little would fit into what the log had reserved
 * before the disk was full. @returns what the store said
 */
export async function writeUntilRefused(drill: Drill, deadlineMs: number): Promise<string> {
  for (const end = Date.now() + deadlineMs; Date.now() < end;) {
    try {
      await drill.query(`select pg_logical_emit_message(false, 'drill', 'x')`);
      await drill.query('select pg_switch_wal()');
    } catch (error) {
      return `${codeOf(error) ?? ''} ${error instanceof Error ? error.message : String(error)}`.trim();
    }
  }
  throw new Error(`the store still takes writes after ${deadlineMs / 1000} s of a full disk`);
}

/** Ends every connection of a service: what the server’s keep-alive probes do to those of a dead machine. @returns how many */
export async function endSessionsOf(drill: Drill, service: string): Promise<number> {
  const rows = await drill.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where usename = $1',
    [`balagh_${service}`],
  );
  return rows.length;
}

function codeOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
}
