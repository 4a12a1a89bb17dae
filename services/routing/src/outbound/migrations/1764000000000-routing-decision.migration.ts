import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class RoutingDecision1764000000000 implements MigrationInterface {
  readonly name = 'RoutingDecision1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table routing_decision (
        case_id uuid primary key,
        tenant text not null,
        jurisdiction text not null,
        screening text,
        rule_id text not null,
        owner_kind text,
        owner_code text,
        owner_section text,
        corrections integer not null,
        misroutes integer not null,
        decided_at timestamptz not null,
        version integer not null
      )`);
    await runner.query('create index routing_decision_by_tenant on routing_decision (tenant, decided_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table routing_decision');
  }
}
