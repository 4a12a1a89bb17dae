import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const preload = fileURLToPath(new URL('./profile-preload.cjs', import.meta.url));
const writtenWithinMs = 30_000;

/** Processor profiles of chosen moments: a signal begins one, the next ends and writes it. Without a directory: nothing. */
export function profiling(directory) {
  if (directory === undefined) return { environment: {}, toggle: async () => undefined };
  const home = resolve(directory);
  mkdirSync(home, { recursive: true });
  const fileOf = (pid) => join(home, `${pid}.cpuprofile`);
  let begun = false;
  return {
    environment: { NODE_OPTIONS: `--require=${preload}`, BENCH_PROFILE_DIR: home },
    async toggle(processes) {
      begun = !begun;
      for (const pid of Object.values(processes)) process.kill(pid, 'SIGUSR2');
      if (begun) return undefined;
      for (const end = Date.now() + writtenWithinMs; Date.now() < end; await pause(100))
        if (Object.values(processes).every((pid) => existsSync(fileOf(pid)))) break;
      return Object.fromEntries(
        Object.entries(processes).map(([name, pid]) => [name, { file: fileOf(pid), top: top(fileOf(pid)) }]),
      );
    },
  };
}

/**
 * In which functions, packages and files most of the time passed (themselves), and under which of our functions (with what they call). Percent of the
 * time that the process was not idle: elapsed time, so on a full machine a call that wakes another process looks longer than it is.
 */
export function top(file, most = 25) {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, 'utf8'));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const selfByFrame = new Map();
  const selfByPlace = new Map();
  const under = new Map();
  const parentOf = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  let busy = 0;
  samples.forEach((id, at) => {
    const { functionName, url, lineNumber } = byId.get(id).callFrame;
    if (['(idle)', '(root)'].includes(functionName)) return;
    const micros = timeDeltas[at];
    busy += micros;
    const place = placeOf(functionName, url);
    add(selfByPlace, place, micros);
    for (const name of oursAbove(id, byId, parentOf)) add(under, name, micros);
    add(
      selfByFrame,
      `${functionName || '(anonymous)'} ${url === '' ? '' : `${place}:${lineNumber + 1}`}`,
      micros,
    );
  });
  const ranked = (map) =>
    [...map]
      .sort(([, a], [, b]) => b - a)
      .slice(0, most)
      .map(([name, micros]) => ({ name, percent: Math.round((micros / busy) * 1_000) / 10 }));
  return {
    busySeconds: Math.round(busy / 1e4) / 100,
    functions: ranked(selfByFrame),
    places: ranked(selfByPlace),
    under: ranked(under),
  };
}

/** Our functions on the stack, each once. */
function oursAbove(id, byId, parentOf) {
  const names = new Set();
  for (let at = id; at !== undefined; at = parentOf.get(at)) {
    const { functionName, url, lineNumber } = byId.get(at).callFrame;
    const place = url === '' ? '' : placeOf(functionName, url);
    if (/^(libs|services|infra)\//.test(place))
      names.add(`${functionName || '(anonymous)'} ${place}:${lineNumber + 1}`);
  }
  return names;
}

/** A package's name, a file of ours, or the module of Node. */
function placeOf(functionName, url) {
  if (url === '') return functionName.startsWith('(') ? functionName : '(native)';
  const inPackage = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
  return inPackage ?? url.replace(/.*\/((?:libs|services|infra)\/)/, '$1').replace(/^file:\/\//, '');
}

const add = (map, key, value) => map.set(key, (map.get(key) ?? 0) + value);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
