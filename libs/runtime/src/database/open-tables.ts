import { setTimeout as pause } from 'node:timers/promises';
import { DataSource, MigrationExecutor, type QueryRunner } from 'typeorm';
import { type ServiceConfig } from '../config/service-config';
import { type OwnTables, type StatementLimits, dataSourceOptions } from './data-source-options';

/** A migration may take so long: an index over all cases of a country takes minutes. */
const migrationMinutes = 30;
const migrationMs = migrationMinutes * 60_000;
const migrationLimits: StatementLimits = { statementMs: migrationMs, silenceMs: migrationMs + 5_000 };
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
  await migrate(config, own, applicationName);
  const source = await new DataSource(dataSourceOptions(config, own, applicationName)).initialize();
  opened.add({ url: config.DATABASE_URL, source });
  return source;
}

const opened = new Set<{ readonly url: string; readonly source: DataSource }>();

/** The tables that this process has opened under an address and not closed again. */
export function tablesOpenedAt(url: string): readonly DataSource[] {
  for (const one of opened) if (!one.source.isInitialized) opened.delete(one);
  return [...opened].filter((one) => one.url === url).map(({ source }) => source);
}

/** On connections of its own: no other statement may take so long. */
async function migrate(
  config: Pick<ServiceConfig, 'DATABASE_URL'>,
  { migrations }: OwnTables,
  applicationName: string,
): Promise<void> {
  const own = { entities: [], migrations };
  const source = await new DataSource(
    dataSourceOptions(config, own, applicationName, migrationLimits),
  ).initialize();
  try {
    const runner = source.createQueryRunner();
    await takeTurn(runner);
    const executor = new MigrationExecutor(source, runner);
    executor.transaction = 'each';
    await executor.executePendingMigrations();
    await runner.query('select pg_advisory_unlock_all()');
    await runner.release();
  } finally {
    await source.destroy();
  }
}

/** Asks again instead of waiting in the server: a statement that waits there would hold up an index that is made concurrently. */
async function takeTurn(runner: QueryRunner): Promise<void> {
  const until = Date.now() + migrationMs;
  for (;;) {
    const [{ won }] = await runner.manager.query<readonly [{ won: boolean }]>(
      `select pg_try_advisory_lock(hashtextextended('balagh.tables.' || current_schema(), 0)) as won`,
    );
    if (won) return;
    if (Date.now() > until) throw new MigrationTurnNotCome();
    await pause(askAgainMs);
  }
}
