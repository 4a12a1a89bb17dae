import { makeIndexConcurrently } from '@balagh/runtime';
import { type MigrationInterface, type QueryRunner } from 'typeorm';

const order = `(coalesce(registered_at, '-infinity')) desc, case_id desc`;

/**
 * Lists of one category or stage, in their order: a rare one among the cases of a country is found without reading all of them. Made
 * concurrently, and so outside a transaction: cases go on being indexed meanwhile.
 */
export class CaseIndexFilters1764300000000 implements MigrationInterface {
  readonly name = 'CaseIndexFilters1764300000000';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await makeIndexConcurrently(runner, 'case_index_by_category', `case_index (tenant, category, ${order})`);
    await makeIndexConcurrently(runner, 'case_index_by_stage', `case_index (tenant, stage, ${order})`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index concurrently if exists case_index_by_category');
    await runner.query('drop index concurrently if exists case_index_by_stage');
  }
}
