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
});
