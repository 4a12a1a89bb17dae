import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root, textOf } from './settings';

const tracked = execFileSync('git', ['ls-files'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path.endsWith('.md') && existsSync(join(root, path)));
const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };

/** Outside code blocks, where a link is a link. */
const proseOf = (path: string): string =>
  textOf(path)
    .replaceAll(/```[\s\S]*?```/g, '')
    .replaceAll(/`[^`\n]*`/g, '');

function brokenLinks(path: string): string[] {
  return [...proseOf(path).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target ?? '')
    .filter((target) => !/^(https?:|mailto:|#)/.test(target))
    .filter((target) => !existsSync(join(root, dirname(path), target.split('#')[0] ?? '')));
}

function unknownCommands(path: string): string[] {
  return [...textOf(path).matchAll(/npm run (?:-s )?([a-z][a-z:-]*)/g)]
    .map(([, name]) => name ?? '')
    .filter((name) => scripts[name] === undefined);
}

/** Files of ours that a command runs: `node infra/…`, `services/…/examples.sh`. */
function missingFiles(path: string): string[] {
  return [
    ...textOf(path).matchAll(
      /\b((?:infra|services|k8s|docs|proto|libs)\/[\w./-]+\.(?:mjs|sh|http|yaml|json|ts|md))\b/g,
    ),
  ]
    .map(([, file]) => file ?? '')
    .filter((file) => !existsSync(join(root, file)));
}

describe('the documents', () => {
  it('are there', () => expect(tracked.length).toBeGreaterThan(20));

  it('link to what exists', () => {
    expect(tracked.flatMap((path) => brokenLinks(path).map((target) => `${path}: ${target}`))).toEqual([]);
  });

  it('name npm scripts that exist', () => {
    expect(
      tracked.flatMap((path) => unknownCommands(path).map((name) => `${path}: npm run ${name}`)),
    ).toEqual([]);
  });

  it('name files that exist', () => {
    expect(tracked.flatMap((path) => missingFiles(path).map((file) => `${path}: ${file}`))).toEqual([]);
  });
});
