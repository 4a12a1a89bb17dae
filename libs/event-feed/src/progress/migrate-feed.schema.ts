import { type Pool } from 'pg';

/** Positions compare as bytes, whatever the database's collation. */
const tables = `
create table if not exists feed_checkpoint (
  consumer text primary key,
  position text collate "C" not null,
  saved_at timestamptz not null default now()
);
create table if not exists feed_progress (
  consumer text not null,
  topic text not null,
  case_id text not null,
  revision integer not null,
  primary key (consumer, case_id, topic)
) with (fillfactor = 80);
create table if not exists feed_parked (
  consumer text not null,
  case_id text not null,
  topic text not null,
  revision integer not null,
  reason text not null,
  parked_at timestamptz not null default now(),
  waiting_revision integer not null,
  redrive_claimant text,
  redrive_until timestamptz,
  primary key (consumer, case_id)
);
create table if not exists relay_checkpoint (
  service text primary key,
  position text collate "C" not null,
  saved_at timestamptz not null default now()
);
create table if not exists relay_lease (
  service text primary key,
  holder text not null,
  expires_at timestamptz not null
);
alter table relay_lease add column if not exists generation integer not null default 0;
alter table relay_lease add column if not exists begins_at timestamptz;`;

/**
 * Makes the feed's tables in the connection's current schema. Safe to repeat and to race between replicas; all
 * tables can be dropped and are rebuilt by handling every message again.
 */
export async function migrateFeed(pool: Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query(
      `select pg_advisory_xact_lock(hashtextextended('balagh.feed.migrate.' || current_schema(), 0))`,
    );
    await client.query(tables);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}
