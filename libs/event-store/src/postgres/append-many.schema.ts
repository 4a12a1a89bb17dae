import { horizonTag } from './append.schema';

/**
 * Several appends to different streams in one statement; each is judged by itself as `eventstore.append` would, a refused one does not
 * touch the others. Only *none* (−1) and exact revisions.
 *
 * `p_events`: JSON list of `{p, k, i, t, d, m}`: place of its append (from 1), place in it (from 1), id, type, data, metadata;
 * ordered by both. JSON strings give the bytes back as they were. `p_heads`: hash of the last event of each append, computed by the caller:
 * with both bodies in JSON, doing it here means reading them twice.
 *
 * New streams first, then rows locked in the order of their names: two such statements never wait for each other in a circle.
 * The horizon is taken after all rows are won, as in `append` (ADR 0003).
 */
export const appendManySql = `
create or replace function eventstore.append_many(
  p_streams text[], p_categories text[], p_expected integer[], p_links text[], p_counts integer[], p_heads text[], p_events json
) returns table (place integer, kind text, revision integer, "position" bigint)
language plpgsql volatile security definer set search_path = pg_catalog set plan_cache_mode = force_generic_plan as $$
declare
  v_fresh text[];
  v_moved text[];
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'eventstore.append_many needs read committed';
  end if;

  with asked as (
    select * from unnest(p_streams, p_categories, p_expected, p_counts, p_heads) as a(stream, category, expected, n, head)
    where a.expected = -1 order by a.stream
  ), fresh as (
    insert into eventstore.streams as s (stream, category, revision, head_hash)
      select asked.stream, asked.category, asked.n - 1, asked.head from asked on conflict do nothing returning s.stream
  ) select array_agg(fresh.stream) into v_fresh from fresh;

  if exists (select from unnest(p_expected) as x where x >= 0) then
    perform from eventstore.streams s where s.stream = any (p_streams) order by s.stream for update;
    with moved as (
      update eventstore.streams as s set revision = a.expected + a.n, head_hash = a.head
        from unnest(p_streams, p_expected, p_links, p_counts, p_heads) as a(stream, expected, link, n, head)
        where s.stream = a.stream and a.expected >= 0 and s.revision = a.expected and (a.link is null or s.head_hash = a.link)
        returning s.stream
    ) select array_agg(moved.stream) into v_moved from moved;
  end if;

  perform pg_advisory_xact_lock_shared(
    (${horizonTag}::bigint << 48) | coalesce(pg_sequence_last_value('eventstore.positions'::regclass), 0));

  return query
    with slot as materialized (
      select e.* from json_to_recordset(p_events) as e(p integer, k integer, i uuid, t text, d text, m text)
      where p_streams[e.p] = any (v_fresh || v_moved) order by e.p, e.k
    ), written as (
      insert into eventstore.events as w (position, stream, revision, id, type, category, data, metadata)
        select nextval('eventstore.positions'), p_streams[slot.p], p_expected[slot.p] + slot.k, slot.i, slot.t, p_categories[slot.p], slot.d, slot.m
        from slot
        returning w.stream, w.revision, w.position
    )
    select array_position(p_streams, written.stream), 'ok', max(written.revision), max(written.position) from written group by written.stream;

  return query
    select a.p::integer, r.kind, r.revision, r.position
    from unnest(p_streams, p_expected, p_links) with ordinality as a(stream, expected, link, p)
    cross join lateral eventstore.refused(a.stream, a.expected, a.link, (
      select array_agg(e.i order by e.k) from json_to_recordset(p_events) as e(p integer, k integer, i uuid) where e.p = a.p
    )) r
    where (a.stream = any (v_fresh || v_moved)) is not true;
end $$;
`;
