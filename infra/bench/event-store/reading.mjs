// Replay, one stream among many, and the time from an append to its handler.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../local/setup.mjs';
import { median } from './median.mjs';
import { anEvent, peer, pg, sql, subjects } from './subjects.mjs';

const require = createRequire(join(root, 'package.json'));

export async function measureReading({ server, events, repetitions, samples }) {
  await sql(server.url, 'create database bench_reading');
  const url = new URL(server.url);
  url.pathname = '/bench_reading';
  await subjects.balagh.prepare(url.href);
  const { createPostgresEventStore } = require('@balagh/event-store');
  const store = createPostgresEventStore({ connectionString: url.href });
  const streams = await fill(store, events);
  await sql(url.href, 'vacuum analyze');
  const runs = [];
  for (let i = 0; i < repetitions; i += 1) {
    runs.push({ copy: await copied(url.href, events), ours: await replayed(store, events) });
  }
  const one = await oneStream(store, streams, samples);
  const handler = await handled(store, createPostgresEventStore({ connectionString: url.href }), samples);
  await store.close();
  const rss = Math.round(process.memoryUsage().rss / 1e6);
  return { events, replay: summary(runs), oneStream: one, appendToHandler: handler, rssMegabytes: rss };
}

/** Streams of 20 events; returns some names. */
async function fill(store, events) {
  const names = [];
  const lanes = Array.from({ length: 8 }, async (_, lane) => {
    for (let n = lane; n < events / 20; n += 8) {
      const stream = `bench-${n}`;
      names.push(stream);
      await store.append(stream, 'none', Array.from({ length: 20 }, anEvent));
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

async function oneStream(store, streams, samples) {
  const times = [];
  for (let i = 0; i < samples; i += 1) {
    const started = performance.now();
    await store.readStream(streams[(i * 7_919) % streams.length]);
    times.push(performance.now() - started);
  }
  return quantiles(times);
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
