import { makeIndexConcurrently } from '@balagh/runtime';
import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * A number is found by any part of three characters or more without reading all of a tenant's rows. Needs the trigrams that the
 * bootstrap installs where the server has them; without, the search reads on as before.
 */
export class NumberParts1764200000000 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    const [trigrams] = await runner.manager.query<readonly { schema: string }[]>(`
      select quote_ident(n.nspname) as schema from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_trgm'`);
    if (trigrams === undefined) return;
    const parts = `case_row using gin (case_number ${trigrams.schema}.gin_trgm_ops)`;
    await makeIndexConcurrently(runner, 'case_row_by_number_part', parts);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index concurrently if exists case_row_by_number_part');
  }
}
