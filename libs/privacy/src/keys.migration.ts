import { type Pool } from 'pg';

/**
 * Schema `keys`: one row per subject. A row is never deleted: erasing empties `wrapped`, so that a later `mint`
 * cannot bring a person back under the same id. `wrapped` is the data key under key-encryption key `kek_version`.
 */
const ddl = `
create schema if not exists keys;
create table if not exists keys.subject_key (
  subject_id  text primary key,
  tenant      text not null,
  wrapped     bytea,
  kek_version text,
  created_at  timestamptz not null default now(),
  erased_at   timestamptz,
  constraint key_or_erased check ((wrapped is null) = (erased_at is not null))
);
create index if not exists subject_key_by_kek on keys.subject_key (kek_version) where wrapped is not null;
`;

/** Two services starting at once must not race on the catalogue. */
const lock = 'select pg_advisory_xact_lock(7108342916)';

/** Makes or completes the key table. Retry-safe; needs the right to create schema `keys`. */
export async function migrateKeys(pool: Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query(lock);
    await client.query(ddl);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}
