// Replay, one stream among many, and the time from an append to its handler.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../local/setup.mjs';
import { median } from './median.mjs';
import { anEvent, peer, pg, sql, subjects } from './subjects.mjs';

const require = createRequire(join(root, 'package.json'));

const streamLength = 20;

export async function measureReading({ server, events, repetitions, samples, say }) {
  const one = await oneStream({ server, events, samples, say });
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

/** A stream of 20 among all events, of each subject in turn, bodies parsed; the ratio says how often ours is read while the peer is read once. */
async function oneStream({ server, events, samples, say }) {
  const readers = new Map();
  for (const name of ['balagh', 'message-db', 'emmett']) {
    try {
      await sql(server.url, `create database ${new URL(databaseUrl(server, name)).pathname.slice(1)}`);
      await subjects[name].prepare(databaseUrl(server, name));
      const reader = await subjects[name].open(databaseUrl(server, name), 8);
      readers.set(name, { reader, streams: await fill(reader, events), times: [] });
      await sql(databaseUrl(server, name), 'vacuum analyze');
      say(`  ${events} events of ${name}`);
    } catch (error) {
      if (name === 'balagh') throw error;
      say(`  peer not available: ${name}: ${String(error).split('\n')[0]}`);
    }
  }
  for (let i = -50; i < samples; i += 1) {
    for (const { reader, streams, times } of readers.values()) {
      const started = performance.now();
      const read = await reader.read(streams[((i + 50) * 7_919) % streams.length]);
      const took = performance.now() - started;
      if (read.length !== streamLength) throw new Error(`read ${read.length} of ${streamLength}`);
      if (i >= 0) times.push(took);
    }
  }
  for (const { reader } of readers.values()) await reader.close();
  const ours = median(readers.get('balagh').times);
  return Object.fromEntries(
    [...readers].map(([name, { times }]) => [
      name,
      { timesOurs: Math.round((median(times) / ours) * 100) / 100, ...quantiles(times) },
    ]),
  );
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
  const ratios = known.map((r) => r.ours / r.copy).sort((a, b) => a - b);
  const round = (n) => Math.round(n * 100) / 100;
  return {
    perSecond: ours,
    copyPerSecond: Math.round(median(known.map((r) => r.copy))),
    ratioToCopy: { min: round(ratios[0]), median: round(median(ratios)), max: round(ratios.at(-1)) },
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
