import { horizonTag } from './append.schema';

/** So many positions behind the end are counted; more are not worth it. */
const nearby = 500;

/**
 * Reads the global order without ever skipping an event, and without waiting for anybody (ADR 0003).
 *
 * Volatile on purpose: under read committed each statement has a snapshot of its own, and the proof needs the three steps in
 * this order. A) the sequence, B) the appends in flight, C) the events up to the lesser of both. The last row has no
 * stream: its position is the checkpoint, its revision 1 when nothing further was visible.
 *
 * A reader that is near the end finds B out by counting: positions are drawn once each, so as many events as positions means that none is
 * missing. Looking at the locks of the whole server costs more than the rest.
 *
 * The checkpoint never passes the last *visible* event: a crash can take the sequence back to where the log knows it, but
 * never behind a committed event. One call looks at no more than \`p_window\` positions, whatever the filter hides.
 */
export const readAllSql = `
create or replace function eventstore.read_all(
  p_after bigint, p_limit integer, p_types text[], p_categories text[], p_window integer
) returns table ("position" bigint, stream text, revision integer, id uuid, type text, data text, metadata text, stored_at timestamptz)
language plpgsql volatile set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off as $$
declare
  v_settled bigint;
  v_in_flight bigint;
  v_top bigint;
  v_end bigint;
  v_rows integer;
  v_whole boolean := false;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'eventstore.read_all needs read committed';
  end if;

  v_settled := coalesce(pg_sequence_last_value('eventstore.positions'::regclass), 0);
  -- Nothing was drawn behind the position, so nothing can stand there: no need to look who is in flight.
  if v_settled <= p_after then
    return query select p_after, null::text, 1, null::uuid, null::text, null::text, null::text, null::timestamptz;
    return;
  end if;

  -- Every position that was drawn by then holds an event that can be seen: nobody is in flight below, and it is all there is.
  if v_settled - p_after <= least(${nearby}, p_window) then
    select count(*) into v_rows from eventstore.events e where e.position > p_after and e.position <= v_settled;
    v_whole := v_rows = v_settled - p_after;
  end if;

  if v_whole then
    v_top := v_settled;
    v_end := v_settled;
  else
    select min(((l.classid::bigint & 65535) << 32) | l.objid::bigint) into v_in_flight
      from pg_locks l
      where l.locktype = 'advisory' and l.objsubid = 1 and l.classid::bigint >> 16 = ${horizonTag}
        and l.database = (select d.oid from pg_database d where d.datname = current_database());
    v_settled := least(v_settled, v_in_flight);

    select max(e.position) into v_top from eventstore.events e where e.position > p_after and e.position <= v_settled;
    if v_top is null then
      return query select p_after, null::text, 1, null::uuid, null::text, null::text, null::text, null::timestamptz;
      return;
    end if;
    v_end := least(v_top, (select min(e.position) from eventstore.events e where e.position > p_after) + p_window);
  end if;

  return query
    select e.position, e.stream, e.revision, e.id, e.type, e.data, e.metadata, e.stored_at
    from eventstore.events e
    where e.position > p_after and e.position <= v_end
      and (p_types is null or e.type = any (p_types)) and (p_categories is null or e.category = any (p_categories))
    order by e.position limit p_limit;
  get diagnostics v_rows = row_count;
  return query select case when v_rows < p_limit then v_end end, null::text, (v_rows < p_limit and v_end = v_top)::integer,
    null::uuid, null::text, null::text, null::text, null::timestamptz;
end $$;
`;
