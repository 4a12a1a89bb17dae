// Replay, one stream among many, and the time from an append to its handler.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../local/setup.mjs';
import { median } from './median.mjs';
import { rotated } from './rotated.mjs';
import { anEvent, peer, pg, sql, subjects } from './subjects.mjs';

const require = createRequire(join(root, 'package.json'));

const streamLength = 20;

export async function measureReading({ server, events, repetitions, samples, say }) {
  const one = await oneStream({ server, events, samples, repetitions, say });
  const url = databaseUrl(server, 'balagh');
  const { createPostgresEventStore } = require('@balagh/event-store');
  const store = createPostgresEventStore({ connectionString: url });
  const runs = [];
  for (let i = 0; i < repetitions; i += 1) {
    runs.push({ copy: await copied(url, events), ours: await replayed(store, events) });
  }
  const rss = Math.round(process.memoryUsage().rss / 1e6);
  const handler = await handled(store, createPostgresEventStore({ connectionString: url }), samples);
  await store.close();
  return { events, replay: summary(runs), oneStream: one, appendToHandler: handler, rssMegabytes: rss };
}

function databaseUrl(server, name) {
  const url = new URL(server.url);
  url.pathname = `/bench_reading_${name.replaceAll('-', '_')}`;
  return url.href;
}

/**
 * A stream of 20 among all events, bodies parsed. Within a repetition each subject reads `samples` streams, one after the other and then several at once,
 * before the next subject does; the first repetition warms up. The ratios say how often ours is read while the peer is read once.
 */
async function oneStream({ server, events, samples, repetitions, say }) {
  const readers = new Map();
  for (const name of ['balagh', 'message-db', 'emmett']) {
    try {
      await sql(server.url, `create database ${new URL(databaseUrl(server, name)).pathname.slice(1)}`);
      await subjects[name].prepare(databaseUrl(server, name));
      const reader = await subjects[name].open(databaseUrl(server, name), 8);
      readers.set(name, { reader, streams: await fill(reader, events), blocks: [] });
      await sql(databaseUrl(server, name), 'vacuum analyze');
      say(`  ${events} events of ${name}`);
    } catch (error) {
      if (name === 'balagh') throw error;
      say(`  peer not available: ${name}: ${String(error).split('\n')[0]}`);
    }
  }
  // What filling left to be written would be written while the first subjects read.
  await sql(server.url, 'checkpoint');
  const ours = readers.get('balagh');
  const half = Math.floor(ours.streams.length / 2);
  readers.set('a plain SELECT', {
    reader: plainSelect(databaseUrl(server, 'balagh')),
    // Other streams than ours reads at the same time: neither finds what the other has just warmed.
    streams: [...ours.streams.slice(half), ...ours.streams.slice(0, half)],
    blocks: [],
  });
  for (let round = 0; round <= repetitions; round += 1) {
    for (const [, subject] of rotated([...readers], round)) {
      const block = await readBlock(subject, samples, round * samples);
      if (round > 0) subject.blocks.push(block);
    }
  }
  for (const { reader } of readers.values()) await reader.close();
  return Object.fromEntries(
    [...readers].map(([name, { blocks }]) => [
      name,
      {
        timesOurs: spread(blocks.map((block, i) => median(block.alone) / median(ours.blocks[i].alone))),
        ...quantiles(blocks.flatMap((block) => block.alone)),
        timesOursTogether: spread(blocks.map((block, i) => block.together / ours.blocks[i].together)),
        microsecondsTogether: Math.round(median(blocks.map((block) => block.together)) * 1_000),
      },
    ]),
  );
}

/** Our own table, nothing but both bodies, no checks: what no reader with this driver and server can do better. */
function plainSelect(url) {
  const pool = new pg.Pool({ connectionString: url, max: readersAtOnce });
  const text = 'select data, metadata from eventstore.events where stream = $1 order by revision';
  return {
    read: async (stream) => {
      const { rows } = await pool.query({ name: 'plain', rowMode: 'array', text, values: [stream] });
      return rows.map(([data, metadata]) => [JSON.parse(data), JSON.parse(metadata)]);
    },
    close: () => pool.end(),
  };
}

const readersAtOnce = 8;

/** Milliseconds: of each read, one after the other; and of a read when as many again are read by several at once. */
async function readBlock(subject, samples, from) {
  const alone = [];
  for (let i = 0; i < samples; i += 1) alone.push(await timed(subject, from + i));
  const started = performance.now();
  await Promise.all(
    Array.from({ length: readersAtOnce }, async (_, lane) => {
      for (let i = lane; i < samples; i += readersAtOnce) await timed(subject, from + 17 * i);
    }),
  );
  return { alone, together: (performance.now() - started) / samples };
}

/** Milliseconds; streams that lie apart. */
async function timed({ reader, streams }, n) {
  const started = performance.now();
  const read = await reader.read(streams[(n * 7_919) % streams.length]);
  const took = performance.now() - started;
  if (read.length !== streamLength) throw new Error(`read ${read.length} of ${streamLength}`);
  return took;
}

async function fill(reader, events) {
  const names = [];
  const lanes = Array.from({ length: 8 }, async (_, lane) => {
    for (let n = lane; n < events / streamLength; n += 8) {
      const stream = `bench-${n}`;
      names.push(stream);
      await reader.fill(stream, streamLength);
    }
  });
  await Promise.all(lanes);
  return names;
}

async function replayed(store, expected) {
  const started = performance.now();
  const controller = new AbortController();
  let seen = 0;
  for await (const item of store.subscribe({ signal: controller.signal })) {
    if (item.kind === 'caughtUp') break;
    if (item.kind !== 'event') continue;
    JSON.parse(item.event.data);
    JSON.parse(item.event.metadata);
    seen += 1;
  }
  controller.abort();
  if (seen !== expected) throw new Error(`replayed ${seen} of ${expected}`);
  return (seen / (performance.now() - started)) * 1_000;
}

/** The bound: COPY of all columns to the client in order, lines split and both bodies parsed. */
async function copied(url, expected) {
  let to;
  try {
    ({ to } = await peer('pg-copy-streams').then((m) => m.default ?? m));
  } catch {
    return undefined;
  }
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const started = performance.now();
  const stream = client.query(
    to(`copy (select position, stream, revision, id, type, data, metadata, stored_at
    from eventstore.events order by position) to stdout`),
  );
  let [rest, seen] = ['', 0];
  for await (const chunk of stream.setEncoding('utf8')) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const columns = line.split('\t');
      JSON.parse(columns[5].replaceAll('\\\\', '\\'));
      JSON.parse(columns[6].replaceAll('\\\\', '\\'));
      seen += 1;
    }
  }
  const rate = (seen / (performance.now() - started)) * 1_000;
  await client.end();
  if (seen !== expected) throw new Error(`copied ${seen} of ${expected}`);
  return rate;
}

function summary(runs) {
  const ours = Math.round(median(runs.map((r) => r.ours)));
  const known = runs.filter((r) => r.copy !== undefined);
  if (known.length === 0) return { perSecond: ours, copy: 'peer not available: pg-copy-streams' };
  return {
    perSecond: ours,
    copyPerSecond: Math.round(median(known.map((r) => r.copy))),
    ratioToCopy: spread(known.map((r) => r.ours / r.copy)),
  };
}

function spread(ratios) {
  const round = (n) => Math.round(n * 100) / 100;
  return {
    min: round(Math.min(...ratios)),
    median: round(median(ratios)),
    max: round(Math.max(...ratios)),
  };
}

async function handled(writer, reader, samples) {
  const controller = new AbortController();
  const sent = new Map();
  const times = [];
  let ready;
  const live = new Promise((resolve) => (ready = resolve));
  let { checkpoint: after } = await reader.readAll({ filter: { types: [] } });
  for (let more = true; more;) {
    const page = await reader.readAll({ after, filter: { types: ['Nothing'] } });
    [after, more] = [page.checkpoint, !page.caughtUp];
  }
  const following = (async () => {
    for await (const item of reader.subscribe({ after, signal: controller.signal })) {
      if (item.kind === 'caughtUp') ready();
      if (item.kind === 'event') times.push(performance.now() - (sent.get(item.event.id) ?? 0));
    }
  })();
  await live;
  await new Promise((resolve) => setTimeout(resolve, 300));
  for (let i = 0; i < samples; i += 1) {
    const event = anEvent();
    sent.set(event.id, performance.now());
    await writer.append(`live-${event.id}`, 'none', [event]);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  for (let waited = 0; times.length < samples && waited < 5_000; waited += 50)
    await new Promise((resolve) => setTimeout(resolve, 50));
  controller.abort();
  await following;
  await reader.close();
  return { ...quantiles(times), seen: times.length, sent: samples };
}

function quantiles(times) {
  times.sort((a, b) => a - b);
  const at = (share) => Math.round((times[Math.floor((times.length - 1) * share)] ?? 0) * 100) / 100;
  return { p50: at(0.5), p99: at(0.99) };
}
