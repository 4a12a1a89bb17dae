import { makeIndexConcurrently } from '@balagh/runtime';
import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Who opened a case, as far as contracted companies are concerned: their agents see nothing else (BAH-14). Rows that are there get it with their
 * case's next event, or by a rebuild. The index holds what others than the tenant opened: few of a country's cases.
 */
export class OpeningOrganisations1764500000000 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table case_row add column if not exists opened_by_organisation text');
    const companies = 'case_row (tenant, opened_by_organisation, opened_at, case_id)';
    const others = 'opened_by_organisation <> tenant';
    await makeIndexConcurrently(runner, 'case_row_by_company', `${companies} where ${others}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table case_row drop column opened_by_organisation');
  }
}
