import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../local/setup.mjs';

const { Client } = createRequire(join(root, 'package.json'))('pg');

/** Work with one connection of its own. */
export async function withClient(url, work) {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
