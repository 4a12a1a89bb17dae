import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Of several replicas one renews a session's tokens: until when the others leave it to that one. */
export class SessionRenewals1764400000000 implements MigrationInterface {
  readonly name = 'SessionRenewals1764400000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table session add column renewing_until timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table session drop column renewing_until');
  }
}
