import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

describe('the tests', () => {
  it('notice every known sabotage of the product', () => {
    const script = join(__dirname, '../sabotage.mjs');
    const { status, stdout } = spawnSync(process.execPath, [script], { encoding: 'utf8', timeout: 570_000 });
    expect(stdout.split('\n').filter((line) => line.startsWith('UNNOTICED'))).toEqual([]);
    expect([status, stdout.trim().split('\n').at(-1)]).toEqual([
      0,
      expect.stringMatching(/^(\d{2}) of \1 sabotages turned a declared test red\.$/),
    ]);
  }, 600_000);
});
