import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { median } from './appending.mjs';

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
