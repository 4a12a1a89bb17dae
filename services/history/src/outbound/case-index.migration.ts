import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class CaseIndex1764000000000 implements MigrationInterface {
  readonly name = 'CaseIndex1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table case_index (
        case_id uuid primary key,
        tenant text collate "C" not null,
        case_number text collate "C" unique,
        stage text not null,
        category text,
        registered_at timestamptz,
        version integer not null check (version > 0)
      )`);
    await runner.query(`create index case_index_by_registration on case_index
      (tenant, (coalesce(registered_at, '-infinity')) desc, case_id desc)`);
    await runner.query('create index case_index_by_number on case_index (tenant, case_number)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table case_index');
  }
}
