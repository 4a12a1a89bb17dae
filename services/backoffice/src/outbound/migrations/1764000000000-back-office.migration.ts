import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class BackOffice1764000000000 implements MigrationInterface {
  readonly name = 'BackOffice1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table case_row (
        case_id uuid primary key,
        tenant text not null,
        case_number text,
        stage text not null,
        phase text not null,
        case_type text,
        category text,
        channel text,
        priority text,
        owner_kind text,
        owner_code text,
        owner_section text,
        queue text,
        outcome text,
        opened_at timestamptz not null,
        opened_by text,
        registered_at timestamptz,
        due_at timestamptz,
        closed_at timestamptz,
        reminders integer not null,
        escalation_level integer not null,
        misroutes integer not null,
        failed_messages integer not null,
        attachments integer not null,
        decision_version integer not null,
        version integer not null,
        updated_at timestamptz not null
      )`);
    await runner.query('create index case_row_by_tenant_stage on case_row (tenant, phase, stage)');
    await runner.query('create index case_row_by_age on case_row (tenant, opened_at, case_id)');
    await runner.query(
      `create index case_row_working on case_row (tenant, stage, due_at) where phase <> 'terminal'`,
    );
    await runner.query('create index case_row_by_owner on case_row (tenant, owner_code, stage)');
    await runner.query('create index case_row_by_registration on case_row (tenant, registered_at)');
    await runner.query('create index case_row_by_number on case_row (tenant, case_number text_pattern_ops)');
    await runner.query(`
      create table session (
        id char(64) primary key,
        sealed_tokens text not null,
        started_at timestamptz not null,
        seen_at timestamptz not null
      )`);
    await runner.query('create index session_by_seen_at on session (seen_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table session');
    await runner.query('drop table case_row');
  }
}
