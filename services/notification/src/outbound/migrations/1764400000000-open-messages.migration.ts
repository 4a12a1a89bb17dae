import { makeIndexConcurrently } from '@balagh/runtime';
import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Messages that are not through, or of which nobody knows whether they left, are counted without reading all that was ever sent. */
export class OpenMessages1764400000000 implements MigrationInterface {
  readonly name = 'OpenMessages1764400000000';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    const open = `phase = 'unknown' or (due_at is not null and phase in ('prepared', 'submitted', 'rejected'))`;
    await makeIndexConcurrently(runner, 'message_open', `message (tenant, channel, phase) where ${open}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index concurrently if exists message_open');
  }
}
