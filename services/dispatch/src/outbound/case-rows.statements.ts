const entryColumns = [
  'case_id',
  'tenant',
  'case_number',
  'turn',
  'stage',
  'category',
  'case_type',
  'priority',
  'rank',
  'owner_kind',
  'owner_code',
  'owner_section',
  'queue',
  'registered_at',
  'due_at',
  'reminders',
  'escalation_level',
  'misroutes',
  'follow_up',
  'actions_total',
  'actions_done',
  'decision_version',
  'version',
] as const;

const transferColumns = [
  'transfer_id',
  'case_id',
  'tenant',
  'case_number',
  'agency',
  'category',
  'transferred_at',
  'due_at',
  'acknowledged',
  'open',
  'version',
] as const;

export type EntryColumns = Readonly<Record<(typeof entryColumns)[number], unknown>>;
export type TransferColumns = Readonly<Record<(typeof transferColumns)[number], unknown>>;

const propertyOf = (column: string): string =>
  column.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());

/** The transfer `$1`, with the names of the entity: read at each call of an agency, where to build the query takes longer than to answer it. */
export const transferSql = `
  select ${transferColumns.map((column) => `${column} as "${propertyOf(column)}"`).join(', ')}
  from transfer where transfer_id = $1`;

const replaced = ([, ...columns]: readonly string[]): string =>
  columns.map((c) => `${c} = excluded.${c}`).join(', ');

/**
 * All rows of several cases in one round trip; answers the cases that were written. An older fold never replaces a newer one; the same one
 * may, so that a rebuild repairs what a defect wrote; what such a case does not have any more is removed. The row locks of the entries, won in the order given, make concurrent folds of a
 * case wait for each other, and each statement then sees what the other did. The lease of a timer is left alone: its holder
 * releases it, or it runs out.
 */
export const putCasesFunctionSql = `
create or replace function put_cases(p_entries jsonb, p_transfers jsonb, p_due_times jsonb) returns uuid[] language plpgsql as $$
declare
  v_written uuid[];
begin
  with written as (
    insert into queue_entry (${entryColumns.join(', ')})
      select ${entryColumns.join(', ')} from jsonb_populate_recordset(null::queue_entry, p_entries)
      on conflict (case_id) do update set ${replaced(entryColumns)}
      where queue_entry.version <= excluded.version
      returning queue_entry.case_id
  ) select array_agg(written.case_id) into v_written from written;
  if v_written is null then
    return array[]::uuid[];
  end if;
  insert into transfer (${transferColumns.join(', ')})
    select ${transferColumns.join(', ')} from jsonb_populate_recordset(null::transfer, p_transfers) t where t.case_id = any (v_written)
    on conflict (transfer_id) do update set ${replaced(transferColumns)};
  delete from transfer where case_id = any (v_written) and not exists (
    select 1 from jsonb_populate_recordset(null::transfer, p_transfers) t where t.transfer_id = transfer.transfer_id);
  delete from timer where case_id = any (v_written) and not exists (
    select 1 from jsonb_populate_recordset(null::timer, p_due_times) due where due.case_id = timer.case_id and due.kind = timer.kind);
  insert into timer (case_id, kind, tenant, due_at, calendar_version)
    select due.case_id, due.kind, due.tenant, due.due_at, due.calendar_version
    from jsonb_populate_recordset(null::timer, p_due_times) due where due.case_id = any (v_written)
    on conflict (case_id, kind) do update set due_at = excluded.due_at, calendar_version = excluded.calendar_version;
  return v_written;
end $$`;

export const putCasesSql = 'select put_cases($1::jsonb, $2::jsonb, $3::jsonb)::text[] as written';
