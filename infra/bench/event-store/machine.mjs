import {
  readFileSync,
  readdirSync,
  closeSync,
  fdatasyncSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { cpus, loadavg, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { median } from './median.mjs';

/** Median of an 8 kB write made durable, in milliseconds: what a lone commit waits for at least. */
export function fsyncMilliseconds() {
  const directory = mkdtempSync(join(tmpdir(), 'balagh-fsync-'));
  const file = openSync(join(directory, 'probe'), 'w');
  const page = Buffer.alloc(8_192, 1);
  const times = Array.from({ length: 100 }, (_, i) => {
    const started = performance.now();
    writeSync(file, page, 0, page.length, (i % 16) * page.length);
    fdatasyncSync(file);
    return performance.now() - started;
  });
  closeSync(file);
  rmSync(directory, { recursive: true });
  return Math.round(median(times) * 1_000) / 1_000;
}

export const machine = (postgres) => ({
  cpu: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
  memoryGigabytes: Math.round(totalmem() / 1e9),
  system: `${process.platform} ${release()}`,
  node: process.version,
  postgres,
  fdatasyncMs: fsyncMilliseconds(),
  loadBefore: loadavg().map((n) => Math.round(n * 10) / 10),
});

/** Microseconds of processor time that a server and its processes have used so far; undefined where there is no /proc. */
export function cpuOfServer(pid) {
  try {
    const stats = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => statOf(name));
    return (
      stats.filter((s) => s.pid === pid || s.parent === pid).reduce((sum, s) => sum + s.ticks, 0) * 10_000
    );
  } catch {
    return undefined;
  }
}

function statOf(name) {
  try {
    const text = readFileSync(`/proc/${name}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return [{ pid: Number(name), parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) }];
  } catch {
    return [];
  }
}
