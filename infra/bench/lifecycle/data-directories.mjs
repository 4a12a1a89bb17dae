import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { root } from '../../local/setup.mjs';
import { withClient } from './database.mjs';
import { undoneBy } from './interruption.mjs';
import { prepareStatements } from './statements.mjs';

const require = createRequire(join(root, 'package.json'));
const { startEmbeddedPostgres } = require('@balagh/local');
const { postgresHome } = require(join(root, 'infra/local/dist/data-directory.js'));

/** A directory for the length of `work`. */
export async function withTemporaryDirectory(work) {
  const directory = mkdtempSync(join(tmpdir(), 'balagh-lifecycle-'));
  chmodSync(directory, 0o755);
  const forgotten = async () => forget(directory);
  return undoneBy(forgotten, () => work(directory)).finally(forgotten);
}

export function keptDirectory(path) {
  const directory = resolve(path);
  mkdirSync(directory, { recursive: true });
  return directory;
}

/** With its database, which as root lies elsewhere. */
function forget(directory) {
  for (const path of [databaseDirectory(directory), directory])
    rmSync(path, { recursive: true, force: true });
}

export const databaseDirectory = (directory) => dirname(postgresHome(resolve(directory)));

/** PostgreSQL alone, on the data of a system that stands still. */
export async function withPostgres(directory, settings, work) {
  const server = await startEmbeddedPostgres({ dataDir: postgresHome(directory), settings });
  const stop = () => server.stop();
  return undoneBy(stop, () => work(server)).finally(stop);
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
