import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { root } from '../../local/setup.mjs';
import { withClient } from './database.mjs';
import { prepareStatements } from './statements.mjs';

const require = createRequire(join(root, 'package.json'));
const { startEmbeddedPostgres } = require('@balagh/local');
const { postgresHome } = require(join(root, 'infra/local/dist/data-directory.js'));

export function temporaryDirectory() {
  const directory = mkdtempSync(join(tmpdir(), 'balagh-lifecycle-'));
  chmodSync(directory, 0o755);
  return directory;
}

export function keptDirectory(path) {
  const directory = resolve(path);
  mkdirSync(directory, { recursive: true });
  return directory;
}

/** With its database, which as root lies elsewhere. */
export function forget(directory) {
  for (const path of [resolve(postgresHome(directory), '..'), directory])
    if (path.startsWith('/var/tmp/balagh-') || path === directory)
      rmSync(path, { recursive: true, force: true });
}

/** PostgreSQL alone, on the data of a system that stands still. */
export async function withPostgres(directory, settings, work) {
  const server = await startEmbeddedPostgres({ dataDir: postgresHome(directory), settings });
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

/** @returns the version, and refuses a server that does not make commits durable */
export async function describePostgres(url) {
  return withClient(url, async (client) => {
    const show = async (name) => Object.values((await client.query(`show ${name}`)).rows[0])[0];
    const durable = [await show('fsync'), await show('synchronous_commit'), await show('full_page_writes')];
    if (durable.some((setting) => setting !== 'on'))
      throw new Error('this PostgreSQL does not make commits durable');
    return `${await show('server_version')}, fsync on, shared_buffers ${await show('shared_buffers')}`;
  });
}

export const countStatements = (directory) =>
  withPostgres(directory, {}, ({ url }) => prepareStatements(url));
