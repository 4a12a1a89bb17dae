import { type ClientBase } from 'pg';
import { type DataSourceOptions, type Logger } from 'typeorm';
import { type ServiceConfig } from '../config/service-config';
import { survivesItsEnd } from './connection-errors';
import { preparesStatements } from './prepared-statements';
import { endsWhenSilent } from './silent-connections';

export interface StatementLimits {
  /** Milliseconds until PostgreSQL gives up on a statement. */
  readonly statementMs: number;
  /** Milliseconds without a word from PostgreSQL until the connection is given up; longer than a statement may take. */
  readonly silenceMs: number;
}

/** Of every statement but those of migrations. */
export const statementLimits: StatementLimits = { statementMs: 15_000, silenceMs: 20_000 };

/** Milliseconds until the system asks the other end of an idle connection whether it is still there. */
export const keepAliveAfterMs = 10_000;

export interface OwnTables {
  readonly entities: NonNullable<DataSourceOptions['entities']>;
  readonly migrations: NonNullable<DataSourceOptions['migrations']>;
}

const nothing = (): void => undefined;
/** TypeORM's own writes lines that are no JSON even where logging is off. What fails is thrown, and logged by whoever catches it. */
const silent: Logger = {
  logQuery: nothing,
  logQueryError: nothing,
  logQuerySlow: nothing,
  logSchemaBuild: nothing,
  logMigration: nothing,
  log: nothing,
};

/**
 * TypeORM on the service's own schema under its own role; `openTables` migrates it. The schema is the role's search_path: names in
 * entities and migrations are unqualified.
 */
export function dataSourceOptions(
  config: Pick<ServiceConfig, 'DATABASE_URL'>,
  own: OwnTables,
  applicationName: string,
  { statementMs, silenceMs }: StatementLimits = statementLimits,
): DataSourceOptions {
  return {
    type: 'postgres',
    url: config.DATABASE_URL,
    applicationName,
    entities: own.entities,
    migrations: own.migrations,
    migrationsRun: false,
    migrationsTableName: 'migration',
    synchronize: false,
    installExtensions: false,
    logging: false,
    logger: silent,
    poolSize: 6,
    connectTimeoutMS: 5_000,
    extra: {
      statement_timeout: statementMs,
      idle_in_transaction_session_timeout: 30_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: keepAliveAfterMs,
      onConnect: (client: ClientBase) => {
        survivesItsEnd(client);
        endsWhenSilent(client, silenceMs);
        preparesStatements(client);
      },
    },
  };
}
