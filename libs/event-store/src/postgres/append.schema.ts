/**
 * Tag of the advisory locks that mark appends in flight: the upper 16 bits of the key; the lower 48 hold the horizon.
 * The two-number form that other code may use (\`objsubid = 2\`) never collides with it.
 */
export const horizonTag = 0x6265;

/** Most that a refused append is told of what it missed: events, and bytes of their data and metadata. */
export const [mostMissed, mostMissedBytes] = [20, 100_000] as const;

/**
 * Appends in one round trip, as a definer's function: callers need no right to write tables.
 *
 * \`p_expected\`: a revision, −1 none, −2 exists, −3 any. \`p_link\`: hash of the stream's last event, or null. \`p_head\`: hash of the
 * last event appended, where the caller can know its revision (none, exact); null: computed here.
 * Answers \`ok\`, \`replayed\`, \`conflict\` (revision = actual, null when missing) or \`broken_link\`; raises for faults only.
 *
 * Order matters (ADR 0003): the stream's row is won first, so that nobody waits inside the horizon; then the sequence is
 * read, the shared lock taken with that value, and only then are positions drawn.
 */
export const appendSql = `
drop function if exists eventstore.append(text, text, integer, text, uuid[], text[], text[], text[]);

create or replace function eventstore.append(
  p_stream text, p_category text, p_expected integer, p_link text,
  p_ids uuid[], p_types text[], p_data text[], p_metadata text[], p_head text default null
) returns table (kind text, revision integer, "position" bigint)
language plpgsql volatile security definer set search_path = pg_catalog set plan_cache_mode = force_generic_plan as $$
declare
  n constant integer := cardinality(p_ids);
  v_last integer;
  v_position bigint;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'eventstore.append needs read committed';
  end if;

  if p_expected = -1 or p_expected = -3 then
    insert into eventstore.streams as s (stream, category, revision, head_hash) values (
      p_stream, p_category, n - 1, coalesce(p_head, eventstore.event_hash(p_stream, n - 1, p_ids[n], p_types[n], p_data[n], p_metadata[n]))
    ) on conflict do nothing returning s.revision into v_last;
  end if;
  if v_last is null and p_expected <> -1 then
    update eventstore.streams as s
      set revision = s.revision + n,
          head_hash = coalesce(p_head, eventstore.event_hash(p_stream, s.revision + n, p_ids[n], p_types[n], p_data[n], p_metadata[n]))
      where s.stream = p_stream and (p_expected < 0 or s.revision = p_expected) and (p_link is null or s.head_hash = p_link)
      returning s.revision into v_last;
  end if;
  if v_last is null then
    return query select r.kind, r.revision, r.position from eventstore.refused(p_stream, p_expected, p_link, p_ids) r;
    return;
  end if;

  perform pg_advisory_xact_lock_shared(
    (${horizonTag}::bigint << 48) | coalesce(pg_sequence_last_value('eventstore.positions'::regclass), 0));

  if n = 1 then
    insert into eventstore.events (position, stream, revision, id, type, category, data, metadata)
      values (nextval('eventstore.positions'), p_stream, v_last, p_ids[1], p_types[1], p_category, p_data[1], p_metadata[1])
      returning events.position into v_position;
    return query select 'ok', v_last, v_position;
    return;
  end if;

  with slot as materialized (
    select e.* from unnest(p_ids, p_types, p_data, p_metadata) with ordinality as e(id, type, data, metadata, place) order by e.place
  ), written as (
    insert into eventstore.events (position, stream, revision, id, type, category, data, metadata)
      select nextval('eventstore.positions'), p_stream, v_last - n + slot.place::integer, slot.id, slot.type, p_category, slot.data, slot.metadata
      from slot
      returning events.position
  ) select max(written.position) into v_position from written;
  return query select 'ok', v_last, v_position;
end $$;

create or replace function eventstore.refused(p_stream text, p_expected integer, p_link text, p_ids uuid[])
returns table (kind text, revision integer, "position" bigint)
language plpgsql volatile security definer set search_path = pg_catalog set plan_cache_mode = force_generic_plan as $$
declare
  n constant integer := cardinality(p_ids);
  v_first constant integer := p_expected + 1;
  v_same integer;
  v_position bigint;
  v_actual integer;
begin
  if p_expected >= -1 then
    select count(*), max(e.position) into v_same, v_position
      from eventstore.events e join unnest(p_ids) with ordinality as sent(id, place) on e.id = sent.id and e.revision = v_first + sent.place - 1
      where e.stream = p_stream and e.revision between v_first and v_first + n - 1;
    if v_same = n then
      return query select 'replayed', v_first + n - 1, v_position;
      return;
    end if;
  end if;
  select s.revision into v_actual from eventstore.streams s where s.stream = p_stream;
  return query select case when p_link is not null and v_actual = p_expected then 'broken_link' else 'conflict' end, v_actual, null::bigint;
end $$;

-- What whoever expected a revision has missed, in order; null where nothing was, or more than belongs into an answer. Volatile: the snapshot
-- of the calling statement may be older than the append that won.
create or replace function eventstore.missed(p_stream text, p_expected integer, p_actual integer) returns json
language plpgsql volatile security definer set search_path = pg_catalog set plan_cache_mode = force_generic_plan as $$
begin
  if p_expected < 0 or p_actual is null or p_actual <= p_expected or p_actual - p_expected > ${mostMissed} then
    return null;
  end if;
  return (
    select case when sum(octet_length(e.data) + octet_length(e.metadata)) <= ${mostMissedBytes} then
        json_agg(json_build_array(e.position::text, e.stream, e.revision, e.id, e.type, e.data, e.metadata, e.stored_at::text) order by e.revision)
      end
      from eventstore.events e where e.stream = p_stream and e.revision > p_expected
  );
end $$;
`;
