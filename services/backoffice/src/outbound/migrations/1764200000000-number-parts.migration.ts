import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * A number is found by any part of three characters or more without reading all of a tenant's rows. Needs the trigrams that the
 * bootstrap installs where the server has them; without, the search reads on as before.
 */
export class NumberParts1764200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      do $$ declare v_schema text; begin
        select n.nspname into v_schema from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_trgm';
        if v_schema is not null then
          execute format('create index if not exists case_row_by_number_part on case_row using gin (case_number %I.gin_trgm_ops)', v_schema);
        end if;
      end $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index if exists case_row_by_number_part');
  }
}
