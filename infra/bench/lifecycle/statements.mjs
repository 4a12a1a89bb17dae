import { withClient } from './database.mjs';

const most = 30;

/** Before the server starts: makes it load the extension that counts. Kept in the data directory. */
export async function prepareStatements(serverUrl) {
  await withClient(serverUrl, async (client) => {
    await client.query(`alter system set shared_preload_libraries = 'pg_stat_statements'`);
    await client.query(`alter system set pg_stat_statements.track = 'all'`);
    await client.query(`alter system set pg_stat_statements.track_planning = on`);
  });
}

export async function forgetStatements(url) {
  await withClient(url, async (client) => {
    await client.query('create extension if not exists pg_stat_statements schema public');
    await client.query('select public.pg_stat_statements_reset()');
  });
}

/**
 * What clients asked for in all, per role; the statements on which most time was spent, inner ones of functions too; those whose plans
 * took longest, because none is kept; and those asked for most often. The time of one includes that of what it calls. Elapsed time of
 * the server, waiting for a processor included.
 */
export async function topStatements(url, cases) {
  return withClient(url, async (client) => ({
    roles: (await client.query(rolesSql, [cases])).rows,
    top: (await client.query(topSql('s.total_exec_time'), [cases])).rows,
    mostPlanned: (await client.query(topSql('s.total_plan_time'), [cases])).rows,
    mostCalled: (await client.query(topSql('case when s.toplevel then s.calls else 0 end'), [cases])).rows,
  }));
}

const rolesSql = `
  select r.rolname as role, round(sum(s.calls) / $1::numeric, 1)::float as "callsPerCase",
    round((sum(s.total_exec_time) / $1)::numeric, 1)::float as "msPerCase",
    round((sum(s.total_plan_time) / $1)::numeric, 1)::float as "planMsPerCase", round(sum(s.wal_bytes) / $1)::int as "walBytesPerCase"
  from public.pg_stat_statements s join pg_roles r on r.oid = s.userid where s.toplevel group by 1 order by 3 desc`;

const topSql = (order) => `
  select r.rolname as role, s.toplevel, round((s.calls / $1::numeric), 2)::float as "callsPerCase",
    round((s.total_exec_time / $1)::numeric, 3)::float as "msPerCase", round(s.mean_exec_time::numeric, 3)::float as "msPerCall",
    round((s.total_plan_time / $1)::numeric, 3)::float as "planMsPerCase",
    s.shared_blks_read::int as "blocksRead", left(regexp_replace(s.query, '\\s+', ' ', 'g'), 160) as query
  from public.pg_stat_statements s join pg_roles r on r.oid = s.userid order by ${order} desc limit ${most}`;
