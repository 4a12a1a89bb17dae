import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../local/setup.mjs';
import { measureAppends, ratios } from './appending.mjs';
import { machine } from './machine.mjs';
import { installPeers } from './peers.mjs';
import { measureReading } from './reading.mjs';
import { sql } from './subjects.mjs';

const require = createRequire(join(root, 'package.json'));

/** A PostgreSQL of its own, fsync on, thrown away afterwards. */
async function withServer(work) {
  const directory = mkdtempSync(join(tmpdir(), 'balagh-bench-'));
  chmodSync(directory, 0o755);
  const { startEmbeddedPostgres } = require(join(root, 'infra/local/dist/postgres/embedded-postgres.js'));
  const settings = {
    fsync: 'on',
    synchronous_commit: 'on',
    shared_buffers: '256MB',
    max_connections: '300',
    max_wal_size: '4GB',
  };
  const server = await startEmbeddedPostgres({ dataDir: join(directory, 'postgres'), settings });
  try {
    return await work(server);
  } finally {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function described(server) {
  const { rows } = await sql(server.url, 'show server_version');
  return machine(`${rows[0].server_version}, fsync on`);
}

/** Ours against a raw prepared INSERT, nothing else. */
export const append = ({ say, options }) => {
  const { full, only, warmUpMs } = options;
  return withServer(async (server) => {
    const about = await described(server);
    const { results, missing } = await measureAppends({
      server,
      names: ['raw', 'balagh'],
      ms: full ? 4_000 : 2_000,
      repetitions: full ? 11 : 5,
      only,
      warmUpMs,
      say,
    });
    return { machine: about, appends: ratios(results), missing };
  });
};

/**
 * Against raw and the peers; replay; one stream; append to handler. What is read has a server of its own: one that has just taken appends for
 * minutes goes on cleaning up behind them.
 */
export const eventStore = async ({ say, options }) => {
  installPeers();
  const { full, only, events, warmUpMs } = options;
  const appending = only === undefined || only.some((name) => name !== 'reading');
  const appended = appending
    ? await withServer(async (server) => ({
        about: await described(server),
        ...(await measureAppends({
          server,
          names: ['raw', 'balagh', 'message-db', 'emmett'],
          ms: full ? 4_000 : 2_000,
          repetitions: full ? 9 : 5,
          only,
          warmUpMs,
          say,
        })),
      }))
    : undefined;
  const read =
    only === undefined || only.includes('reading')
      ? await withServer(async (server) => ({
          about: await described(server),
          reading: await measureReading({ server, events, repetitions: 5, samples: 2_000, say }),
        }))
      : undefined;
  return {
    machine: (appended ?? read).about,
    appends: ratios(appended?.results ?? {}),
    missing: appended?.missing ?? {},
    ...(read === undefined ? {} : { reading: read.reading }),
  };
};
