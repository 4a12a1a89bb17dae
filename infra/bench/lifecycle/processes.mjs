import { readFileSync, readdirSync } from 'node:fs';

const tickMicroseconds = 10_000;

/**
 * Processor time used so far and memory held now, by name; a process counts with everything below it that has no name of its own.
 * Ended children count where they were waited for. Undefined where there is no /proc.
 */
export function sampleProcesses(named, { memory = false } = {}) {
  if (process.platform !== 'linux') return undefined;
  const stats = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => statOf(name)),
  );
  const owner = new Map(Object.entries(named).map(([name, pid]) => [pid, name]));
  const used = Object.fromEntries(Object.keys(named).map((name) => [name, { cpu: 0, pssMiB: 0 }]));
  for (const pid of stats.keys()) {
    const name = nameOf(pid, stats, owner);
    if (name === undefined) continue;
    used[name].cpu += stats.get(pid).ticks * tickMicroseconds;
    if (memory) used[name].pssMiB += pssKiB(pid) / 1024;
  }
  return used;
}

function nameOf(pid, stats, owner) {
  for (let at = pid; at !== undefined && at > 1; at = stats.get(at)?.parent) {
    const name = owner.get(at);
    if (name !== undefined) return name;
  }
  return undefined;
}

function statOf(name) {
  const text = read(`/proc/${name}/stat`);
  if (text === '') return [];
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  // utime, stime, cutime, cstime
  const ticks = fields[11] + fields[12] + fields[13] + fields[14];
  return [[Number(name), { parent: fields[1], ticks }]];
}

function pssKiB(pid) {
  return Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Of both processors, what everything on the machine used between two moments: microseconds. */
export function machineCpu() {
  const fields = /^cpu\s+(.*)$/m.exec(read('/proc/stat'))?.[1].split(' ').map(Number);
  if (fields === undefined) return undefined;
  const [user, nice, system, , , irq, softirq] = fields;
  return (user + nice + system + irq + softirq) * tickMicroseconds;
}
