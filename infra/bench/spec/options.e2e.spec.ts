import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const bench = (...args: readonly string[]): { status: number | null; stderr: string; stdout: string } =>
  spawnSync(process.execPath, [join(__dirname, '../bench.mjs'), ...args], {
    encoding: 'utf8',
    timeout: 100_000,
  });

describe('arguments of the benches', () => {
  it.each([
    [['event-store', '--only', 'x'], '--only x: one of 1 writer, '],
    [['append', '--only', 'reading'], '--only reading: one of 1 writer, '],
    [['append', '--onyl=1'], "Unknown option '--onyl'"],
    [['event-store', '--events', '3'], '--events 3: a whole number from 2000 on'],
    [['lifecycle', '--photos', '3'], '--photos: 0 to 2'],
    [['lifecycle', '--photo', 'nowhere.jpg'], '--photo nowhere.jpg: there is no such file'],
    [['everything'], 'What shall be measured? One of: append, event-store, lifecycle'],
  ])('%j are refused before anything is measured, and named', (args, words) => {
    const { status, stderr } = bench(...args);
    expect(status).toBe(2);
    expect(stderr).toContain(words);
  });

  it('are told by --help', () => {
    const { status, stdout } = bench('event-store', '--help');
    expect([status, stdout]).toEqual([0, expect.stringContaining('--warm-up S')]);
  });
});
