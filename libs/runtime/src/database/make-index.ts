import { type QueryRunner } from 'typeorm';

/**
 * An index over rows that go on being written meanwhile, for a migration outside a transaction (`transaction = false`). What a broken attempt
 * left behind is made anew. Safe to repeat.
 * @param on what follows `on` in `create index`: the table, the method, the columns
 */
export async function makeIndexConcurrently(runner: QueryRunner, name: string, on: string): Promise<void> {
  const broken = await runner.manager.query<readonly unknown[]>(
    'select 1 from pg_index where indexrelid = to_regclass($1) and not indisvalid',
    [name],
  );
  if (broken.length > 0) await runner.query(`drop index concurrently ${name}`);
  await runner.query(`create index concurrently if not exists ${name} on ${on}`);
}
