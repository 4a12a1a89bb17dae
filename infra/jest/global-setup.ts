import { mkdtempSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../local/src/postgres/embedded-postgres';
import { running } from './running';

/** Starts one PostgreSQL for all `.int.spec` suites of this run, on a free port, with data that is thrown away. */
export default async function globalSetup(): Promise<void> {
  if (process.env['BALAGH_TEST_POSTGRES_URL'] !== undefined) return;
  const directory = mkdtempSync(join(tmpdir(), 'balagh-test-'));
  chmodSync(directory, 0o755);
  // Thrown away after the run, so a crash of the machine need not be survived.
  const settings = { fsync: 'off', shared_buffers: '64MB', max_connections: '300' };
  running.directory = directory;
  running.postgres = await startEmbeddedPostgres({ dataDir: join(directory, 'postgres'), settings });
  process.env['BALAGH_TEST_POSTGRES_URL'] = running.postgres.url;
}
