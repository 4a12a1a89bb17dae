import { type Server, createServer } from 'node:net';
import { freePort } from '../src';

describe('a free port', () => {
  const servers: Server[] = [];
  afterEach(() => Promise.all(servers.splice(0).map((s) => new Promise((resolve) => s.close(resolve)))));

  it('can be listened on, and is none that an outgoing connection is given', async () => {
    for (let n = 0; n < 20; n += 1) {
      const port = await freePort();
      expect(port).toBeGreaterThan(10_000);
      expect(port).toBeLessThan(32_768);
      const server = createServer();
      servers.push(server);
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, '127.0.0.1', resolve);
      });
    }
  });

  it('is given once, however many are asked for at the same time', async () => {
    const ports = await Promise.all(Array.from({ length: 300 }, () => freePort()));
    expect(new Set(ports).size).toBe(300);
  });

  it('comes from a block whose first port says to other processes that it is in use', async () => {
    const port = await freePort();
    const first = 10_240 + Math.floor((port - 10_240) / 64) * 64;
    const server = createServer();
    const refused = await new Promise<NodeJS.ErrnoException>((resolve) => {
      server.once('error', resolve);
      server.listen(first, '127.0.0.1');
    });
    expect(refused.code).toBe('EADDRINUSE');
  });
});
