import { makeIndexConcurrently } from '@balagh/runtime';
import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Every list in its order: what is due first among all cases, and the cases of one category, are found without reading or sorting all rows of a
 * tenant.
 */
export class ListOrders1764300000000 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    const due = 'case_row (tenant, due_at, opened_at, case_id)';
    await makeIndexConcurrently(runner, 'case_row_by_due', due);
    const category = 'case_row (tenant, category, opened_at, case_id)';
    await makeIndexConcurrently(runner, 'case_row_by_category', category);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index concurrently if exists case_row_by_due');
    await runner.query('drop index concurrently if exists case_row_by_category');
  }
}
