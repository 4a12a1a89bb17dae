import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../local/setup.mjs';

const packages = {
  'message-db': '@eventide/message-db@1.3.1',
  emmett: '@event-driven-io/emmett-postgresql@0.42.0',
  copy: 'pg-copy-streams@7.0.0',
};

/** Peers are not ours: they live outside the lock file, without their install scripts, fetched when first measured. */
export function installPeers() {
  const directory = join(root, '.balagh/bench-peers');
  mkdirSync(directory, { recursive: true });
  if (!existsSync(join(directory, 'package.json')))
    writeFileSync(join(directory, 'package.json'), '{"private":true}\n');
  const missing = Object.values(packages).filter(
    (spec) => !existsSync(join(directory, 'node_modules', spec.slice(0, spec.lastIndexOf('@')))),
  );
  if (missing.length === 0) return;
  const flags = [
    '--prefix',
    directory,
    '--no-save',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  spawnSync('npm', ['install', ...flags, ...Object.values(packages), '@event-driven-io/emmett@0.42.0'], {
    cwd: directory,
    timeout: 120_000,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
