import { type TestDatabase, testDatabase } from '@balagh/testing';
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';
import { type Pool } from 'pg';
import { pino } from 'pino';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../src/database/data-source-options';
import { createPool } from '../src/platform/pools';

const limits = { statementMs: 60_000, silenceMs: 200 };
const away = { retriable: true, code: 'DATABASE_UNAVAILABLE' };

/** Between the service and its database; when silent it takes everything and passes nothing on, as a machine that vanished. */
async function proxy(to: { host: string; port: number }) {
  const sockets = new Set<Socket>();
  const state = { silent: false };
  const server: Server = createServer((near) => {
    const far = connect(to);
    for (const [from, onward] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('error', () => undefined);
      from.on('close', () => onward.destroy());
      from.on('data', (bytes) => state.silent || onward.write(bytes));
    }
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((closed) => server.close(closed));
  };
  return { port: (server.address() as AddressInfo).port, state, close };
}

describe('a database that goes silent', () => {
  let database: TestDatabase;
  let between: Awaited<ReturnType<typeof proxy>>;
  let url: string;
  beforeEach(async () => {
    database = await testDatabase();
    const { hostname, port } = new URL(database.url);
    between = await proxy({ host: hostname, port: Number(port) });
    const through = new URL(database.url);
    through.host = `127.0.0.1:${between.port}`;
    url = through.href;
  });
  afterEach(async () => {
    await between.close();
    await database.close();
  });

  /** Of the two kinds of pools a service has; each has used a connection before. */
  const pools: Record<string, () => Promise<{ query: Pool['query']; close(): Promise<void> }>> = {
    'of a service’s own tables': async () => {
      const own = { entities: [], migrations: [] };
      const options = dataSourceOptions({ DATABASE_URL: url }, own, 'specification', limits);
      const source = await new DataSource({ ...options, poolSize: 1 } as typeof options).initialize();
      return { query: source.query.bind(source) as Pool['query'], close: () => source.destroy() };
    },
    'of the platform': async () => {
      const pool = createPool(
        { url, max: 1, applicationName: 'specification' },
        pino({ level: 'silent' }),
        limits,
      );
      await pool.query('select 1');
      return { query: pool.query.bind(pool) as Pool['query'], close: () => pool.end() };
    },
  };

  it.each(Object.keys(pools))(
    'fails what is asked of a pool %s, which then makes another connection',
    async (kind) => {
      const pool = await pools[kind]?.();
      if (pool === undefined) throw new Error('no such pool');
      between.state.silent = true;
      await expect(pool.query('select 1')).rejects.toMatchObject(away);
      between.state.silent = false;
      await pool.query('select $1::int as n', [1]);
      between.state.silent = true;
      await expect(pool.query('select $1::int as n', [1])).rejects.toMatchObject(away);
      between.state.silent = false;
      await pool.query('select $1::int as n', [1]);
      await pool.close();
    },
  );

  it('fails a transaction with its first statement that is not answered, without asking on that connection again', async () => {
    const own = { entities: [], migrations: [] };
    const source = await new DataSource(
      dataSourceOptions({ DATABASE_URL: url }, own, 'specification', limits),
    ).initialize();
    let asked = 0;
    const attempt = source.transaction(async (manager) => {
      await manager.query('select 1');
      between.state.silent = true;
      asked += 1;
      await manager.query('select 2');
      asked += 1;
    });
    await expect(attempt).rejects.toMatchObject(away);
    expect(asked).toBe(1);
    await source.destroy();
  });

  it('may stay silent where nothing is awaited', async () => {
    const pool = createPool(
      { url, max: 1, applicationName: 'specification' },
      pino({ level: 'silent' }),
      limits,
    );
    const client = await pool.connect();
    await client.query('select 1');
    const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
    expect(stream.timeout).toBe(0);
    client.release();
    await pool.end();
  });
});
