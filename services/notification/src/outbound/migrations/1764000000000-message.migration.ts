import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class Message1764000000000 implements MigrationInterface {
  readonly name = 'Message1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table message (
        message_id uuid primary key,
        case_id uuid not null,
        tenant text not null,
        queue text not null check (queue in ('SEND', 'TRACK')),
        phase text not null,
        channel text not null,
        version integer not null,
        since timestamptz not null,
        due_at timestamptz,
        lease_owner uuid,
        leased_until timestamptz
      ) with (fillfactor = 80)`);
    await runner.query('create index message_due on message (queue, due_at) where due_at is not null');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table message');
  }
}
