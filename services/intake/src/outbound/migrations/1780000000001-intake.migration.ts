import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Numbers, duplicate keys, reporters' contacts and the status look-up. */
export class Intake1780000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of tables) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'drop table case_status, reporter_contact, duplicate_key, case_number_search, case_number, case_number_counter',
    );
  }
}

const tables = [
  `create table case_number_counter (
    tenant text not null,
    year text not null,
    last bigint not null,
    primary key (tenant, year)
  )`,
  `create table case_number (
    tenant text not null,
    year text not null,
    number bigint not null,
    case_id uuid not null,
    reserved_at timestamptz not null default clock_timestamp(),
    primary key (tenant, year, number),
    unique (tenant, case_id)
  )`,
  `create table case_number_search (
    only_row boolean primary key check (only_row),
    position text not null
  )`,
  `create table duplicate_key (
    tenant text not null,
    key text not null,
    case_id uuid not null,
    claimed_at timestamptz not null default clock_timestamp(),
    primary key (tenant, key)
  )`,
  'create index duplicate_key_case on duplicate_key (case_id)',
  `create table reporter_contact (
    tenant text not null,
    case_id uuid not null,
    phone_index text not null,
    version integer not null,
    primary key (tenant, case_id)
  )`,
  'create index reporter_contact_case on reporter_contact (case_id)',
  `create table case_status (
    case_id uuid primary key,
    tenant text not null,
    case_number text not null,
    stage text not null,
    registered_at timestamptz not null,
    updated_at timestamptz not null,
    version integer not null,
    written_at timestamptz not null
  )`,
  'create unique index case_status_number on case_status (tenant, case_number)',
];
