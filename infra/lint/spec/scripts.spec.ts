import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root, textOf } from './settings';

const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
const programs = execFileSync('git', ['ls-files', '*.mjs', '.ci/*', 'infra/container/*'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path !== '' && existsSync(join(root, path)));

/** Compiled files are named by what they are compiled from, so that nothing need be built. */
const sourceOf = (path: string): string =>
  path.includes('/dist/') ? path.replace('/dist/', '/src/').replace(/\.js$/, '.ts') : path;
const missing = (paths: readonly string[]): string[] =>
  paths.filter((path) => !existsSync(join(root, sourceOf(path))));

/** Files of ours that Node is told to run. */
const runBy = (command: string): string[] =>
  [...command.matchAll(/\bnode (?:-\S+ )*([\w./-]+\.[cm]?js)\b/g)].map(([, file]) => file ?? '');
/** Compiled programs that a script names. */
const compiledIn = (path: string): string[] =>
  [...textOf(path).matchAll(/\b((?:infra|services|libs)\/[\w/-]+\/dist\/[\w./-]+\.js)\b/g)].map(
    ([, file]) => file ?? '',
  );

describe('the npm scripts', () => {
  it('run files that exist', () => {
    const files = Object.values(scripts).flatMap(runBy);
    expect(files.length).toBeGreaterThan(10);
    expect(missing(files)).toEqual([]);
  });

  it('and what they start name compiled programs that have a source', () => {
    const named = programs.flatMap(compiledIn);
    expect(named).toContain('infra/local/dist/faults/faults.main.js');
    expect(missing(named)).toEqual([]);
  });

  it('would be told apart if the file were missing', () => {
    expect(missing(['infra/local/dist/faults.main.js', 'infra/local/faults.mjs'])).toEqual([
      'infra/local/dist/faults.main.js',
    ]);
  });
});
