import { type Pool } from 'pg';
import { appendManySql } from './append-many.schema';
import { appendSql } from './append.schema';
import { readAllSql } from './read-all.schema';
import { grantsSql, hashSql, tablesSql } from './tables.schema';

/** Lock of migrations, in the two-number form: no collision with the horizon's locks. */
const migrationLock = 'select pg_advisory_xact_lock(25189, 1)';

/**
 * Creates or updates schema `eventstore` in one transaction; safe to run at every start and by several processes at once.
 * The pool's role must be allowed to create the schema. @throws when the database does not keep text as UTF-8
 */
export async function migrateEventStore(pool: Pool): Promise<void> {
  const client = await pool.connect();
  try {
    const { rows } = await client.query<{ server_encoding: string }>('show server_encoding');
    if (rows[0]?.server_encoding !== 'UTF8')
      throw new Error(`the event store needs a UTF8 database, not ${rows[0]?.server_encoding ?? '?'}`);
    await client.query('begin');
    await client.query(migrationLock);
    for (const sql of [tablesSql, hashSql, appendSql, appendManySql, readAllSql, grantsSql])
      await client.query(sql);
    await client.query('commit');
    client.release();
  } catch (error) {
    client.release(true);
    throw error;
  }
}
