import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { databaseDirectory, withPostgres } from '../data-directories.mjs';
import { withClient } from '../database.mjs';
import { someOf, verifyStreams } from '../verification.mjs';
import { multiplyCases } from './multiplying.mjs';
import { playTemplates } from './playing-templates.mjs';

/** Of a stored case in PostgreSQL, with indexes and what building them takes for a while. */
const bytesPerCase = 75_000;
const settings = {
  // While it is filled, the store can be made again: nothing needs to be durable before the end.
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '4GB',
  checkpoint_timeout: '30min',
  shared_buffers: '512MB',
  maintenance_work_mem: '1GB',
  autovacuum: 'off',
};

/**
 * Brings a data directory to at least `options.stored` cases and leaves it standing still. Some are played through the public interfaces, the
 * others multiplied from them. What was broken off goes on; what is there already is kept. @returns figures
 */
export async function seedStore({ dataDir, options, say }) {
  const begun = performance.now();
  const file = join(dataDir, 'seeded.json');
  if (!existsSync(file)) {
    const templates = await playTemplates({ dataDir, count: options.templates, say });
    writeFileSync(file, JSON.stringify({ templates }));
  }
  const { templates } = JSON.parse(readFileSync(file, 'utf8'));
  const figures = await withPostgres(dataDir, settings, async ({ url: serverUrl }) => {
    const url = new URL(serverUrl);
    url.pathname = '/balagh';
    return withClient(url.href, async (client) => {
      const before = await storedCases(client);
      refuseFullDisk(dataDir, options.stored - before);
      const keyFile = join(dataDir, 'keys.json');
      const added = await multiplyCases({
        client,
        url: url.href,
        keyFile,
        templates,
        stored: options.stored,
        before,
        say,
      });
      if (added.cases > 0) await settle(client, say);
      return { ...added, ...(await figuresOf(client)) };
    });
  });
  // With fsync off the server leaves the pages to the kernel.
  execFileSync('sync');
  say(`${figures.stored} cases stored`);
  return {
    ...figures,
    templates: templates.length,
    seconds: Math.round((performance.now() - begun) / 1_000),
  };
}

async function storedCases(client) {
  const { rows } = await client.query(
    `select count(*)::int as n from eventstore.streams where category = 'case'`,
  );
  return rows[0].n;
}

function refuseFullDisk(dataDir, cases) {
  const needed = Math.max(0, cases) * bytesPerCase;
  const { bavail, bsize } = statfsSync(databaseDirectory(dataDir));
  const free = bavail * bsize;
  if (free < needed) throw new Error(`${gigabytes(needed)} GB are needed, ${gigabytes(free)} GB are free`);
}

async function settle(client, say) {
  say('vacuum analyze …');
  await client.query('vacuum (analyze, parallel 2)');
  await client.query('checkpoint');
}

async function figuresOf(client) {
  const { rows } = await client.query(`
    select (select count(*)::int from eventstore.streams where category = 'case') as stored,
      (select reltuples::bigint::int from pg_class where oid = 'eventstore.events'::regclass) as events, pg_database_size(current_database()) as bytes,
      pg_total_relation_size('eventstore.events') as event_bytes`);
  const [{ stored, events, bytes, event_bytes: eventBytes }] = rows;
  const ids = await client.query(
    `select substr(stream, 6) as id from eventstore.streams tablesample system (${stored > 20_000 ? 0.5 : 100}) where category = 'case' limit 5000`,
  );
  const { streams, faults } = await verifyStreams(
    client,
    someOf(
      ids.rows.map(({ id }) => id),
      500,
    ),
  );
  if (faults.length > 0) throw new Error(`the stored cases are not valid: ${faults.slice(0, 5).join('; ')}`);
  return {
    stored,
    events,
    gigabytes: gigabytes(bytes),
    bytesPerEvent: Math.round(eventBytes / events),
    streamsVerified: streams,
  };
}

const gigabytes = (bytes) => Math.round(Number(bytes) / 1e7) / 100;
