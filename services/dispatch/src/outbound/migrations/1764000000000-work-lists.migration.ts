import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class WorkLists1764000000000 implements MigrationInterface {
  readonly name = 'WorkLists1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table queue_entry (
        case_id uuid primary key,
        tenant text not null,
        case_number text not null,
        turn text not null,
        stage text not null,
        category text not null,
        case_type text not null,
        priority text not null,
        rank integer not null,
        owner_kind text,
        owner_code text,
        owner_section text,
        queue text,
        registered_at timestamptz not null,
        due_at timestamptz,
        reminders integer not null,
        escalation_level integer not null,
        misroutes integer not null,
        follow_up boolean not null,
        actions_total integer not null,
        actions_done integer not null,
        decision_version integer not null,
        version integer not null
      )`);
    // Ended cases stay in the table for their version, and out of the lists' indexes.
    const open = `where turn <> 'NOBODY'`;
    await runner.query(
      `create index queue_entry_by_age on queue_entry (tenant, turn, registered_at, case_id) ${open}`,
    );
    await runner.query(
      `create index queue_entry_by_priority on queue_entry (tenant, turn, rank, registered_at, case_id) ${open}`,
    );
    await runner.query(
      `create index queue_entry_by_party on queue_entry (tenant, turn, owner_code, registered_at, case_id) ${open}`,
    );
    await runner.query(`
      create table transfer (
        transfer_id uuid primary key,
        case_id uuid not null,
        tenant text not null,
        case_number text not null,
        agency text not null,
        category text not null,
        transferred_at timestamptz not null,
        due_at timestamptz not null,
        acknowledged boolean not null,
        open boolean not null,
        version integer not null
      )`);
    await runner.query(
      'create index transfer_open on transfer (tenant, agency, transferred_at, transfer_id) where open',
    );
    await runner.query(`
      create table timer (
        case_id uuid not null,
        kind text not null,
        tenant text not null,
        due_at timestamptz not null,
        calendar_version integer not null,
        lease_owner text,
        lease_until timestamptz,
        fence bigint not null default 0,
        primary key (case_id, kind)
      )`);
    await runner.query('create index timer_due on timer (due_at)');
    await runner.query('create index timer_by_calendar on timer (tenant, calendar_version)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table timer');
    await runner.query('drop table transfer');
    await runner.query('drop table queue_entry');
  }
}
