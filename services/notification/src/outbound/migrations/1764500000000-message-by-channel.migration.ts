import { makeIndexConcurrently } from '@balagh/runtime';
import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Workers take due rows by channel; services of the version before find theirs over the same index. */
export class MessageByChannel1764500000000 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    const byChannel = 'message (queue, channel, due_at) where due_at is not null';
    await makeIndexConcurrently(runner, 'message_due_by_channel', byChannel);
    await runner.query('drop index concurrently if exists message_due');
  }

  async down(runner: QueryRunner): Promise<void> {
    await makeIndexConcurrently(runner, 'message_due', 'message (queue, due_at) where due_at is not null');
    await runner.query('drop index concurrently if exists message_due_by_channel');
  }
}
