import { type Server, createServer } from 'node:net';
import { type AddressInfo } from 'node:net';
import { Pool, type PoolConfig } from 'pg';
import { pino } from 'pino';
import { dataSourceOptions } from '../src/database/data-source-options';
import { createPool } from '../src/platform/pools';

const packet = (type: string, body: Buffer): Buffer => {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
};
const signedIn = packet('R', Buffer.from([0, 0, 0, 0]));
const readyForQuery = packet('Z', Buffer.from('I'));
const lastWords = packet(
  'E',
  Buffer.from('SFATAL\0C57P01\0Mterminating connection due to unexpected postmaster exit\0\0'),
);

/** Greets, and says in the same packet that it is gone. */
async function dyingServer(): Promise<{ url: string; server: Server }> {
  const server = createServer((socket) => {
    socket.once('data', () => socket.end(Buffer.concat([signedIn, readyForQuery, lastWords])));
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `postgres://drill@127.0.0.1:${(server.address() as AddressInfo).port}/drill`, server };
}

describe('a server that dies in the packet in which it answers', () => {
  let url: string;
  let server: Server;
  beforeEach(async () => {
    ({ url, server } = await dyingServer());
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  /** Takes a connection with a promise, as TypeORM does: its own listener comes a moment later. @returns the fault of a query */
  async function use(pool: Pool): Promise<string> {
    try {
      const client = await pool.connect();
      const fault = await client.query('select 1').then(
        () => 'none',
        (error: unknown) => String(error),
      );
      client.release(true);
      return fault;
    } finally {
      await pool.end();
    }
  }

  it('fails the query of a service’s own pool, and the process lives', async () => {
    const pool = createPool({ url, max: 1, applicationName: 'specification' }, pino({ level: 'silent' }));
    expect(await use(pool)).toMatch(/not queryable|terminated/);
  });

  it('fails the query of a table’s pool, and the process lives', async () => {
    const { extra } = dataSourceOptions(
      { DATABASE_URL: url },
      { entities: [], migrations: [] },
      'specification',
    ) as {
      extra: PoolConfig;
    };
    const pool = new Pool({ connectionString: url, max: 1, ...extra });
    pool.on('error', () => undefined);
    expect(await use(pool)).toMatch(/not queryable|terminated/);
  });
});
