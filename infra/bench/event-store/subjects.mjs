// What is measured: each subject prepares a database and gives writers of one event at a time to streams of ten.
import { randomUUID } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../../local/setup.mjs';

const require = createRequire(join(root, 'package.json'));
const pg = require('pg');
const peersDir = join(root, '.balagh/bench-peers');
const streamLength = 10;

/** Around 250 bytes of data and 250 of metadata, as an event of a case has. */
export const data = JSON.stringify({
  teamId: 'TEAM_7',
  instructions: 'x'.repeat(190),
  at: '2026-03-01T08:00:00.000Z',
});
export const metadata = JSON.stringify({
  tenant: 'TST',
  actor: { kind: 'staff', id: 'agent-1' },
  note: 'y'.repeat(170),
});
export const anEvent = () => ({ id: randomUUID(), type: 'FieldTeamSent', data, metadata });

/** A stream and the revision of its last event (−1: none); begins another when it is long enough. */
function place() {
  let [stream, revision] = [`bench-${randomUUID()}`, -1];
  return () => {
    if (revision === streamLength - 1) [stream, revision] = [`bench-${randomUUID()}`, -1];
    return { stream, expected: revision++ };
  };
}

const raw = {
  async prepare(url) {
    await sql(
      url,
      `create table raw_events (position bigserial primary key, stream text collate "C" not null, revision int not null, id uuid not null,
         type text collate "C" not null, category text collate "C" not null, data text not null, metadata text not null,
         stored_at timestamptz not null default clock_timestamp(), unique (stream, revision))`,
    );
  },
  async open(url, writers) {
    const pool = new pg.Pool({ connectionString: url, max: writers });
    return {
      writer: () => {
        const next = place();
        return async () => {
          const { stream, expected } = next();
          const event = anEvent();
          await pool.query({
            name: 'raw',
            text: 'insert into raw_events (stream, revision, id, type, category, data, metadata) values ($1,$2,$3,$4,$5,$6,$7)',
            values: [stream, expected + 1, event.id, event.type, 'bench', event.data, event.metadata],
          });
        };
      },
      close: () => pool.end(),
    };
  },
};

const balagh = {
  async prepare(url) {
    const { migrateEventStore } = require('@balagh/event-store');
    const pool = new pg.Pool({ connectionString: url });
    await migrateEventStore(pool);
    await pool.end();
  },
  async open(url) {
    const { createPostgresEventStore } = require('@balagh/event-store');
    const store = createPostgresEventStore({ connectionString: url });
    return {
      writer: () => {
        const next = place();
        return async () => {
          const { stream, expected } = next();
          await store.append(stream, expected === -1 ? 'none' : expected, [anEvent()]);
        };
      },
      fill: (stream, count) => store.append(stream, 'none', Array.from({ length: count }, anEvent)),
      read: async (stream) => {
        const { events } = await store.readStream(stream);
        return events.map((event) => [JSON.parse(event.data), JSON.parse(event.metadata)]);
      },
      close: () => store.close(),
    };
  },
};

const messageDb = {
  async prepare(url) {
    const base = join(peersDir, 'node_modules/@eventide/message-db/database');
    const files = [
      'roles',
      'schema',
      'tables',
      'types',
      'functions',
      'indexes',
      'views',
      'privileges',
    ].flatMap((folder) => readdirSync(join(base, folder)).map((file) => join(base, folder, file)));
    await sql(url, 'create extension if not exists pgcrypto').catch(() => undefined);
    // Functions name each other: whatever fails because another is missing is tried again.
    let left = files;
    while (left.length > 0) {
      const failed = [];
      for (const file of left)
        await sql(url, readFileSync(file, 'utf8')).catch((error) => failed.push([file, error]));
      if (failed.length === left.length) throw failed[0][1];
      left = failed.map(([file]) => file);
    }
  },
  async open(url, writers) {
    const pool = new pg.Pool({
      connectionString: url,
      max: writers,
      options: '-c search_path=message_store,public',
    });
    return {
      writer: () => {
        const next = place();
        return async () => {
          const { stream, expected } = next();
          const event = anEvent();
          await pool.query({
            name: 'write',
            text: 'select message_store.write_message($1, $2, $3, $4, $5, $6)',
            values: [event.id, stream, event.type, event.data, event.metadata, expected],
          });
        };
      },
      fill: (stream, count) =>
        pool.query(
          'select message_store.write_message(gen_random_uuid()::text, $1, $2, $3, $4) from generate_series(1, $5)',
          [stream, 'FieldTeamSent', data, metadata, count],
        ),
      read: async (stream) => {
        const { rows } = await pool.query({
          name: 'read',
          text: 'select * from message_store.get_stream_messages($1)',
          values: [stream],
        });
        return rows.map((row) => [JSON.parse(row.data), JSON.parse(row.metadata)]);
      },
      close: () => pool.end(),
    };
  },
};

const emmett = {
  async prepare(url) {
    const { getPostgreSQLEventStore } = await peer('@event-driven-io/emmett-postgresql');
    const store = getPostgreSQLEventStore(url);
    await store.schema?.migrate?.();
    await store.appendToStream('bench-warm', [{ type: 'T', data: {} }]);
    await store.close();
  },
  async open(url) {
    const { getPostgreSQLEventStore } = await peer('@event-driven-io/emmett-postgresql');
    const store = getPostgreSQLEventStore(url);
    const [parsed, parsedMetadata] = [JSON.parse(data), JSON.parse(metadata)];
    return {
      writer: () => {
        const next = place();
        return async () => {
          const { stream, expected } = next();
          await store.appendToStream(
            stream,
            [{ type: 'FieldTeamSent', data: parsed, metadata: parsedMetadata }],
            {
              expectedStreamVersion: expected === -1 ? 'STREAM_DOES_NOT_EXIST' : BigInt(expected + 1),
            },
          );
        };
      },
      fill: (stream, count) =>
        store.appendToStream(
          stream,
          Array.from({ length: count }, () => ({
            type: 'FieldTeamSent',
            data: parsed,
            metadata: parsedMetadata,
          })),
        ),
      read: async (stream) => (await store.readStream(stream)).events,
      close: () => store.close(),
    };
  },
};

export const subjects = { raw, balagh, 'message-db': messageDb, emmett };

export async function peer(name) {
  const resolved = createRequire(join(peersDir, 'package.json')).resolve(name);
  return import(pathToFileURL(resolved).href);
}

export async function sql(url, text) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await client.query(text);
  } finally {
    await client.end();
  }
}

export { pg };
