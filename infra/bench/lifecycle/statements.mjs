import { withClient } from './database.mjs';

const most = 30;

/** Before the server starts: makes it load the extension that counts. Kept in the data directory. */
export async function prepareStatements(serverUrl) {
  await withClient(serverUrl, async (client) => {
    await client.query(`alter system set shared_preload_libraries = 'pg_stat_statements'`);
    await client.query(`alter system set pg_stat_statements.track = 'all'`);
  });
}

export async function forgetStatements(url) {
  await withClient(url, async (client) => {
    await client.query('create extension if not exists pg_stat_statements schema public');
    await client.query('select public.pg_stat_statements_reset()');
  });
}

/** The statements on which most time was spent, inner ones of functions too; times include those of what they call. */
export async function topStatements(url, cases) {
  const { rows } = await withClient(url, (client) =>
    client.query(
      `select r.rolname as role, s.toplevel, s.calls::int as calls, round(s.total_exec_time)::int as ms,
         round((s.total_exec_time / $1)::numeric, 3)::float as "msPerCase", round((s.calls / $1::numeric), 2)::float as "callsPerCase",
         s.shared_blks_read::int as "blocksRead", s.wal_bytes::bigint::text as "walBytes", left(regexp_replace(s.query, '\\s+', ' ', 'g'), 160) as query
       from public.pg_stat_statements s join pg_roles r on r.oid = s.userid order by s.total_exec_time desc limit ${most}`,
      [cases],
    ),
  );
  return rows;
}
