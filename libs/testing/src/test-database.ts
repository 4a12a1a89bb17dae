import { randomBytes } from 'node:crypto';
import { Client, Pool } from 'pg';

/** A fresh, empty database on the test server; `close` drops it. */
export interface TestDatabase {
  readonly url: string;
  readonly pool: Pool;
  close(): Promise<void>;
}

/** For `.int.spec` suites: jest's global set-up started the server and put its address into the environment. */
export async function testDatabase(): Promise<TestDatabase> {
  const server = process.env['BALAGH_TEST_POSTGRES_URL'];
  if (server === undefined)
    throw new Error('BALAGH_TEST_POSTGRES_URL is not set: run this suite as .int.spec');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await onServer(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const pool = new Pool({ connectionString: url.href, max: 10 });
  pool.on('error', () => undefined);
  return {
    url: url.href,
    pool,
    close: async () => {
      await pool.end();
      await onServer(server, `drop database ${name} with (force)`);
    },
  };
}

async function onServer(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
