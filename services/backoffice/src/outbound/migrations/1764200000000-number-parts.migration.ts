import { type MigrationInterface, type QueryRunner } from 'typeorm';

const index = 'case_row_by_number_part';

/**
 * A number is found by any part of three characters or more without reading all of a tenant's rows. Needs the trigrams that the
 * bootstrap installs where the server has them; without, the search reads on as before. Made concurrently, and so outside a transaction:
 * the rows of a country take a while, and cases go on being written meanwhile. What a broken attempt left behind is made anew.
 */
export class NumberParts1764200000000 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    const trigrams = await runner.manager.query<readonly { schema: string }[]>(`
      select quote_ident(n.nspname) as schema from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_trgm'`);
    for (const { schema } of trigrams) {
      await this.dropBroken(runner);
      await runner.query(`
        create index concurrently if not exists ${index} on case_row using gin (case_number ${schema}.gin_trgm_ops)`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop index concurrently if exists ${index}`);
  }

  private async dropBroken(runner: QueryRunner): Promise<void> {
    const broken = await runner.manager.query<readonly unknown[]>(
      `select 1 from pg_index where indexrelid = to_regclass('${index}') and not indisvalid`,
    );
    if (broken.length > 0) await this.down(runner);
  }
}
