import { makeIndexConcurrently } from '@balagh/runtime';
import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { putCasesFunctionSql } from '../case-rows.statements';

/**
 * `put_cases` removes transfers of a case that are not among its rows, over an index that is there before. Made concurrently, and so
 * outside a transaction: cases go on being written meanwhile.
 */
export class TransfersByCase1764600000000 implements MigrationInterface {
  readonly name = 'TransfersByCase1764600000000';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await makeIndexConcurrently(runner, 'transfer_by_case', 'transfer (case_id)');
    await runner.query(putCasesFunctionSql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index concurrently if exists transfer_by_case');
  }
}
