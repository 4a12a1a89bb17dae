import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { putCaseFunctionSql } from '../case-rows.statements';

/** The function names the columns of the tables: a migration that changes them creates it again. */
export class PutCase1764000000001 implements MigrationInterface {
  readonly name = 'PutCase1764000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(putCaseFunctionSql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop function put_case(jsonb, jsonb, jsonb)');
  }
}
