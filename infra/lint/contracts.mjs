// buf lint; generated types are those of the protos; nothing published breaks against the last commit that changed proto/.
// `--write` regenerates libs/contracts/src/generated.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../local/setup.mjs';

const buf = join(root, 'node_modules/.bin/buf');
const generated = join(root, 'libs/contracts/src/generated');
const lint = spawnSync(buf, ['lint'], { cwd: join(root, 'proto'), stdio: 'inherit' });
if (lint.status !== 0) process.exit(1);

if (process.argv.includes('--write')) {
  rmSync(generated, { recursive: true, force: true });
  execFileSync(buf, ['generate'], { cwd: join(root, 'proto'), stdio: 'inherit' });
}
const stale = staleFiles();
for (const file of stale) console.error(`${file} is not what proto/ generates; run npm run proto`);
const broken = breaking();
console.log(`contracts: lint ok, ${stale.length} generated files stale, ${broken} breaking`);
process.exit(stale.length === 0 && broken !== 'yes' ? 0 : 1);

function staleFiles() {
  const copy = mkdtempSync(join(tmpdir(), 'balagh-proto-'));
  try {
    cpSync(join(root, 'proto'), join(copy, 'proto'), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    execFileSync(buf, ['generate'], { cwd: join(copy, 'proto'), stdio: 'inherit' });
    const fresh = join(copy, 'libs/contracts/src/generated');
    const names = new Set([...list(fresh), ...list(generated)]);
    return [...names].filter((name) => content(join(fresh, name)) !== content(join(generated, name)));
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** Compared with the newest release tag, if there is one: before the first release nothing is promised. */
function breaking() {
  const tag = spawnSync('git', ['describe', '--tags', '--abbrev=0'], { cwd: root, encoding: 'utf8' });
  if (tag.status !== 0) return 'no release to compare with, none';
  const against = `${join(root, '.git')}#tag=${tag.stdout.trim()},subdir=proto`;
  return spawnSync(buf, ['breaking', '--against', against], { cwd: join(root, 'proto'), stdio: 'inherit' })
    .status === 0
    ? 'none'
    : 'yes';
}

function list(directory) {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1));
}

function content(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
