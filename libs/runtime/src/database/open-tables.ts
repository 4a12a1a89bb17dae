import { setTimeout as pause } from 'node:timers/promises';
import { DataSource, MigrationExecutor, type QueryRunner } from 'typeorm';
import { type ServiceConfig } from '../config/service-config';
import { type OwnTables, dataSourceOptions } from './data-source-options';

/** A migration may take so long: an index over all cases of a country takes minutes. */
const migrationMinutes = 30;
const askAgainMs = 250;

/** Another replica has been migrating for longer than any migration may take. Safe to try again. */
export class MigrationTurnNotCome extends Error {
  readonly retriable = true;

  constructor() {
    super(`another process has been migrating these tables for ${migrationMinutes} minutes`);
    this.name = 'MigrationTurnNotCome';
  }
}

/**
 * Opens a service's own tables in its own schema, migrated to the newest version, each migration in a transaction of its own unless it says
 * otherwise. Safe to repeat and to race: replicas that start together migrate one after the other, and all but the first find nothing to do.
 * @throws MigrationTurnNotCome (retriable); PostgreSQL's faults, and then nothing stays open
 */
export async function openTables(
  config: Pick<ServiceConfig, 'DATABASE_URL'>,
  own: OwnTables,
  applicationName: string,
): Promise<DataSource> {
  const source = await new DataSource(dataSourceOptions(config, own, applicationName)).initialize();
  try {
    await migrate(source);
    return source;
  } catch (error) {
    await source.destroy();
    throw error;
  }
}

async function migrate(source: DataSource): Promise<void> {
  const runner = source.createQueryRunner();
  try {
    await runner.query(`set statement_timeout = '${migrationMinutes}min'`);
    await takeTurn(runner);
    const executor = new MigrationExecutor(source, runner);
    executor.transaction = 'each';
    await executor.executePendingMigrations();
    await runner.query('select pg_advisory_unlock_all()');
    await runner.query('reset statement_timeout');
  } finally {
    await runner.release();
  }
}

/** Asks again instead of waiting in the server: a statement that waits there would hold up an index that is made concurrently. */
async function takeTurn(runner: QueryRunner): Promise<void> {
  const until = Date.now() + migrationMinutes * 60_000;
  for (;;) {
    const [{ won }] = await runner.manager.query<readonly [{ won: boolean }]>(
      `select pg_try_advisory_lock(hashtextextended('balagh.tables.' || current_schema(), 0)) as won`,
    );
    if (won) return;
    if (Date.now() > until) throw new MigrationTurnNotCome();
    await pause(askAgainMs);
  }
}
