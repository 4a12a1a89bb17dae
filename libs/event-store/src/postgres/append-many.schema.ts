import { horizonTag } from './append.schema';

/**
 * Several appends to different streams in one statement; each is judged by itself as `eventstore.append` would, a refused one does not
 * touch the others. Only *none* (−1) and exact revisions.
 *
 * One place each append, those with *none* first, within each kind by the name of the stream in the order of its bytes: stream, expectation, link or
 * null, number of events, hash of the last event as it will stand there. One place each event, in the order of their appends:
 * stream, revision, id, type, data, metadata. Answers one row, because rows cost both sides: the positions of the events that were
 * written, in the order given, and the refused appends as JSON, null when there are none.
 *
 * Rows are won in the order given, new streams first: two such statements never wait for each other in a circle. Nested loops over an index
 * keep that order, so no other join is allowed. The horizon is taken after all rows are won, as in `append` (ADR 0003).
 *
 * Arrays are unnested side by side in a select list, row by row: in a `from` clause each would be copied first.
 */
export const appendManySql = `
drop function if exists eventstore.append_many(text[], text[], integer[], text[], integer[], text[], json);
do $$ begin
  if pg_get_function_result(to_regprocedure(
    'eventstore.append_many(text[], integer[], text[], integer[], text[], text[], integer[], uuid[], text[], text[], text[])'
  )) like '%kind text%' then
    drop function eventstore.append_many(text[], integer[], text[], integer[], text[], text[], integer[], uuid[], text[], text[], text[]);
  end if;
end $$;

create or replace function eventstore.append_many(
  p_streams text[], p_expected integer[], p_links text[], p_counts integer[], p_heads text[],
  p_event_streams text[], p_revisions integer[], p_ids uuid[], p_types text[], p_data text[], p_metadata text[]
) returns table (positions bigint[], refusals json)
language plpgsql volatile security definer set search_path = pg_catalog set plan_cache_mode = force_generic_plan
set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off as $$
#variable_conflict use_column
declare
  v_asked constant integer := cardinality(p_streams);
  v_fresh text[];
  v_moved text[];
  v_won text[];
  v_positions bigint[];
  v_refusals json;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'eventstore.append_many needs read committed';
  end if;

  if p_expected[1] = -1 then
    with fresh as (
      insert into eventstore.streams as s (stream, category, revision, head_hash)
        select a.stream, split_part(a.stream, '-', 1), a.n - 1, a.head
        from (
          select unnest(p_streams) as stream, unnest(p_expected) as expected, unnest(p_counts) as n, unnest(p_heads) as head
        ) a where a.expected = -1 on conflict do nothing returning s.stream
    ) select array_agg(fresh.stream) into v_fresh from fresh;
  end if;
  if p_expected[v_asked] >= 0 then
    with moved as (
      update eventstore.streams as s set revision = a.expected + a.n, head_hash = a.head
        from (
          select unnest(p_streams) as stream, unnest(p_expected) as expected, unnest(p_links) as link, unnest(p_counts) as n,
            unnest(p_heads) as head
        ) a where s.stream = a.stream and a.expected >= 0 and s.revision = a.expected and (a.link is null or s.head_hash = a.link)
        returning s.stream
    ) select array_agg(moved.stream) into v_moved from moved;
  end if;
  v_won := v_fresh || v_moved;

  if v_won is not null then
    perform pg_advisory_xact_lock_shared(
      (${horizonTag}::bigint << 48) | coalesce(pg_sequence_last_value('eventstore.positions'::regclass), 0));
    -- Drawn one by one as the arrays are read: the order of positions is the order given.
    with written as (
      insert into eventstore.events as w (position, stream, revision, id, type, category, data, metadata)
        select nextval('eventstore.positions'), e.name, e.slot_revision, e.id, e.type, split_part(e.name, '-', 1), e.data, e.metadata
        from (
          select unnest(p_event_streams) as name, unnest(p_revisions) as slot_revision, unnest(p_ids) as id, unnest(p_types) as type,
            unnest(p_data) as data, unnest(p_metadata) as metadata
        ) e where cardinality(v_won) = v_asked or e.name = any (v_won)
        returning w.position
    )
    select array_agg(written.position order by written.position) into v_positions from written;
  end if;

  if v_won is null or cardinality(v_won) < v_asked then
    select json_agg(json_build_object('stream', a.stream, 'kind', r.kind, 'revision', r.revision, 'position', r.position::text,
        'missed', case when r.kind = 'conflict' then eventstore.missed(a.stream, a.expected, r.revision) end))
      into v_refusals
      from unnest(p_streams, p_expected, p_links) as a(stream, expected, link)
      cross join lateral eventstore.refused(a.stream, a.expected, a.link, (
        select array_agg(e.id order by e.place)
        from unnest(p_event_streams, p_ids) with ordinality as e(name, id, place) where e.name = a.stream
      )) r
      where (a.stream = any (v_won)) is not true;
  end if;
  return query select v_positions, v_refusals;
end $$;
`;
