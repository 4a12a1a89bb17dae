// Filling a table without its indexes and building them afterwards is several times quicker; what is built must be what was there.

const constraintsSql = `
  select c.conrelid::regclass::text as "table", c.conname as name, pg_get_constraintdef(c.oid) as definition
  from pg_constraint c where c.conrelid = any($1::regclass[]) and c.contype in ('p', 'u') order by 1, 2`;
const indexesSql = `
  select i.indrelid::regclass::text as "table", i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
  from pg_index i where i.indrelid = any($1::regclass[])
    and not exists (select from pg_constraint c where c.conindid = i.indexrelid) order by 1, 2`;

export async function definitionsOf(client, tables) {
  const constraints = (await client.query(constraintsSql, [tables])).rows;
  const indexes = (await client.query(indexesSql, [tables])).rows;
  return { constraints, indexes };
}

export async function dropIndexes(client, { constraints, indexes }) {
  for (const { table, name } of constraints)
    await client.query(`alter table ${table} drop constraint if exists "${name}"`);
  for (const { name } of indexes) await client.query(`drop index if exists ${name}`);
}

/** Builds what is missing. @throws when the outcome is not what it was */
export async function buildIndexes(client, wanted, tables, say) {
  const there = await definitionsOf(client, tables);
  const isThere = (kind, { table, name }) =>
    there[kind].some((one) => one.table === table && one.name === name);
  for (const one of wanted.constraints.filter((c) => !isThere('constraints', c))) {
    say(`  ${one.table}: ${one.definition}`);
    await client.query(`alter table ${one.table} add constraint "${one.name}" ${one.definition}`);
  }
  for (const one of wanted.indexes.filter((i) => !isThere('indexes', i))) {
    say(`  ${one.name}`);
    await client.query(one.definition);
  }
  if (JSON.stringify(await definitionsOf(client, tables)) !== JSON.stringify(wanted))
    throw new Error('the indexes are not those that were there before');
}
