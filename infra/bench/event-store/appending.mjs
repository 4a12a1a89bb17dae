// Appends per second of each subject, interleaved: within a repetition every subject runs once, in turn, on the same server.
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { cpuOfServer } from './machine.mjs';
import { median } from './median.mjs';
import { rotated } from './rotated.mjs';
import { sql, subjects } from './subjects.mjs';

export const shapes = [
  { name: '1 writer', processes: 1, writers: 1 },
  { name: '8 writers', processes: 1, writers: 8 },
  { name: '32 writers', processes: 1, writers: 32 },
  { name: '4 processes × 8', processes: 4, writers: 8 },
];

async function worker(name, url, writers) {
  const child = fork(join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, 'worker.mjs'), [
    name,
    url,
    String(writers),
  ]);
  await new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', () => reject(new Error(`a writer of ${name} ended`)));
  });
  return {
    run: (order) =>
      new Promise((resolve, reject) => {
        child.once('message', (result) =>
          result.error === undefined ? resolve(result) : reject(new Error(result.error)),
        );
        child.send(order);
      }),
    end: () =>
      new Promise((resolve) => {
        child.once('exit', resolve);
        child.send('end');
      }),
  };
}

async function crew(name, server) {
  const database = `bench_${name.replaceAll('-', '_')}`;
  await sql(server.url, `create database ${database}`);
  const url = new URL(server.url);
  url.pathname = `/${database}`;
  await subjects[name].prepare(url.href);
  return Promise.all([32, 8, 8, 8].map((writers) => worker(name, url.href, writers)));
}

/**
 * Each subject first appends for `warmUpMs` in all its processes: compiled code takes half the processor time of code that has just started.
 * @returns per shape and subject the rates and latencies of all repetitions; and why a subject is missing
 */
export async function measureAppends({ server, names, ms, repetitions, only, warmUpMs = 0, say }) {
  const crews = new Map();
  const missing = {};
  for (const name of names) {
    try {
      crews.set(name, await crew(name, server));
    } catch (error) {
      missing[name] = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    }
  }
  for (const workers of warmUpMs === 0 ? [] : crews.values())
    await Promise.all(workers.map((w) => w.run({ writers: 8, ms: warmUpMs })));
  const results = {};
  for (const { name: shape, processes, writers } of shapes.filter(
    (s) => only === undefined || only.includes(s.name),
  )) {
    results[shape] = Object.fromEntries([...crews.keys()].map((name) => [name, []]));
    for (let round = 0; round <= repetitions; round += 1) {
      for (const [name, workers] of rotated([...crews], round)) {
        const before = cpuOfServer(server.pid);
        const done = await Promise.all(workers.slice(0, processes).map((w) => w.run({ writers, ms })));
        // The first round belongs to no shape yet: it ends what the one before has left.
        if (round === 0) continue;
        const count = done.reduce((sum, d) => sum + d.count, 0);
        results[shape][name].push({
          clientCpu: done.reduce((sum, d) => sum + d.cpu, 0) / count,
          serverCpu: before === undefined ? undefined : (cpuOfServer(server.pid) - before) / count,
          rate: (count / ms) * 1_000,
          p50: median(done.map((d) => d.p50)),
          p99: Math.max(...done.map((d) => d.p99)),
          failed: done.reduce((sum, d) => sum + d.failed, 0),
        });
      }
    }
    say(`  ${shape}: done`);
  }
  for (const workers of crews.values()) await Promise.all(workers.map((w) => w.end()));
  return { results, missing };
}

/** Ratio to raw of the same repetition: least, middle, most; and the medians behind them. */
export function ratios(results) {
  return Object.entries(results).flatMap(([shape, bySubject]) =>
    Object.entries(bySubject).map(([name, runs]) => {
      const against = runs.map((run, i) => run.rate / (bySubject.raw?.[i]?.rate ?? run.rate));
      return {
        shape,
        name,
        perSecond: Math.round(median(runs.map((r) => r.rate))),
        ratio: {
          min: round(Math.min(...against)),
          median: round(median(against)),
          max: round(Math.max(...against)),
        },
        // Of the processor, per append: hardly changed by what else the machine does.
        clientCpuMicroseconds: Math.round(median(runs.map((r) => r.clientCpu))),
        serverCpuMicroseconds:
          runs[0]?.serverCpu === undefined ? undefined : Math.round(median(runs.map((r) => r.serverCpu))),
        p50: round(median(runs.map((r) => r.p50))),
        p99: round(median(runs.map((r) => r.p99))),
        failed: runs.reduce((sum, r) => sum + r.failed, 0),
      };
    }),
  );
}

const round = (n) => Math.round(n * 100) / 100;
