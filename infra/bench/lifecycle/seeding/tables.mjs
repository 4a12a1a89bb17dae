const services = ['intake', 'routing', 'dispatch', 'notification', 'history', 'backoffice'];

/** Tables that say nothing of a single case. */
const beside = [
  'migration',
  'feed_checkpoint',
  'relay_checkpoint',
  'relay_lease',
  'case_number_counter',
  'case_number_search',
  'session',
];

/**
 * The tables that hold rows of single cases, with their columns: those of the services with a column `case_id`, and the keys. The event
 * store's are treated apart. @throws when there is a table that nobody has told us about
 */
export async function caseTables(client) {
  const { rows } = await client.query(
    `select c.table_schema as schema, c.table_name as name, array_agg(c.column_name::text order by c.ordinal_position) as columns
     from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
     where c.table_schema = any($1) and t.table_type = 'BASE TABLE' group by 1, 2 order by 1, 2`,
    [[...services, 'keys']],
  );
  const tables = rows.filter(({ name }) => !beside.includes(name));
  return tables.map(({ schema, name, columns }) => {
    const key = columns.includes('case_id')
      ? 'case_id'
      : `${schema}.${name}` === 'keys.subject_key'
        ? 'subject_id'
        : undefined;
    if (key === undefined)
      throw new Error(`${schema}.${name}: no way is known to copy its rows for another case`);
    return { table: `${schema}.${name}`, columns, key };
  });
}

export const serviceSchemas = services;
