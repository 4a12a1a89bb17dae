/** Columns of `queue_entry` in the order in which rows are given. */
export const entryColumns = [
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

const replaced = (columns: readonly string[]): string =>
  columns.map((c) => `${c} = excluded.${c}`).join(', ');

/** An older fold never replaces a newer one; the same one may, so that a rebuild repairs what a defect wrote. */
export const putEntrySql = `
  insert into queue_entry (${entryColumns.join(', ')}) values (${entryColumns.map((_, i) => `$${i + 1}`).join(', ')})
  on conflict (case_id) do update set ${replaced(entryColumns.slice(1))}
  where queue_entry.version <= excluded.version
  returning case_id`;

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

export const putTransferSql = `
  insert into transfer (${transferColumns.join(', ')}) values (${transferColumns.map((_, i) => `$${i + 1}`).join(', ')})
  on conflict (transfer_id) do update set ${replaced(transferColumns.slice(1))}`;

/** A lease in force is left alone: its holder releases it, or it runs out. */
export const putTimerSql = `
  insert into timer (case_id, kind, tenant, due_at, calendar_version) values ($1, $2, $3, $4, $5)
  on conflict (case_id, kind) do update set due_at = excluded.due_at, calendar_version = excluded.calendar_version`;

export const dropTimersSql = `delete from timer where case_id = $1 and kind <> all($2::text[])`;
