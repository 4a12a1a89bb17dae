/**
 * The event store's own schema. Idempotent: run at every start, by a role that may create it. All roles of the database may
 * read and append through the functions; nobody may change or delete an event (MUS-28).
 *
 * Bodies are text, not jsonb: the bytes must come back unchanged.
 */
export const tablesSql = `
create schema if not exists eventstore;

create table if not exists eventstore.streams (
  stream text collate "C" primary key,
  category text collate "C" not null,
  revision integer not null,
  head_hash text collate "C" not null
);

create table if not exists eventstore.events (
  position bigint primary key,
  stream text collate "C" not null,
  revision integer not null,
  id uuid not null,
  type text collate "C" not null,
  category text collate "C" not null,
  data text not null,
  metadata text not null,
  stored_at timestamptz not null default clock_timestamp(),
  unique (stream, revision)
);

create sequence if not exists eventstore.positions as bigint minvalue 1 cache 1;

create or replace function eventstore.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'events are never changed or deleted' using errcode = 'insufficient_privilege';
end $$;

create or replace trigger events_are_immutable before update or delete or truncate on eventstore.events
  for each statement execute function eventstore.refuse_change();
`;

/** Hash of an event as \`eventHash\` computes it. Immutable and built in: no extension is needed. */
export const hashSql = `
create or replace function eventstore.event_hash(
  p_stream text, p_revision integer, p_id uuid, p_type text, p_data text, p_metadata text
) returns text language sql immutable parallel safe as $$
  select encode(sha256(convert_to(
    octet_length(p_stream) || ':' || p_stream || octet_length(p_revision::text) || ':' || p_revision ||
    octet_length(p_id::text) || ':' || p_id || octet_length(p_type) || ':' || p_type ||
    octet_length(p_data) || ':' || p_data || octet_length(p_metadata) || ':' || p_metadata, 'UTF8')), 'hex')
$$;
`;

export const grantsSql = `
grant usage on schema eventstore to public;
grant select on eventstore.events, eventstore.streams, eventstore.positions to public;
`;
