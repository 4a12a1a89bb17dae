import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { putCasesFunctionSql } from '../case-rows.statements';

/** The function names the columns of the tables: a migration that changes them creates it again. */
export class PutCases1764000000001 implements MigrationInterface {
  readonly name = 'PutCases1764000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(putCasesFunctionSql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop function put_cases(jsonb, jsonb, jsonb)');
  }
}
