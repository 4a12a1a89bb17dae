// `npm run sabotage [-- ID …]`: breaks the product in twenty known ways, one at a time and in a copy, and expects a test that
// declares a requirement to turn red. A sabotage that nobody notices fails the run.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../local/setup.mjs';

const all = JSON.parse(readFileSync(join(root, 'infra/requirements/sabotages.json'), 'utf8'));
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
if (process.argv.includes('--help')) {
  console.log('npm run sabotage [-- ID …]\nBreaks the product in known ways, in a copy, and expects a declared test to turn red.');
  process.exit(0);
}
const chosen = wanted.length === 0 ? all : all.filter(({ id }) => wanted.includes(id));
const copy = mkdtempSync(join(tmpdir(), 'balagh-sabotage-'));
let unnoticed = 0;
try {
  copyTree();
  for (const sabotage of chosen) {
    const verdict = play(sabotage);
    if (verdict !== 'noticed') unnoticed += 1;
    console.log(`${verdict === 'noticed' ? 'noticed  ' : 'UNNOTICED'}  ${sabotage.id}  ${sabotage.what}${verdict === 'noticed' ? ` (${sabotage.proves})` : `: ${verdict}`}`);
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
console.log(`${chosen.length - unnoticed} of ${chosen.length} sabotages turned a declared test red.`);
process.exit(unnoticed === 0 ? 0 : 1);

function copyTree() {
  const leaveOut = /\/(node_modules|dist|\.balagh|target)(\/|$)/;
  for (const entry of ['libs', 'services', 'infra', 'proto', 'docs', 'jest.config.cjs', 'package.json', '.swcrc', 'tsconfig.json', 'tsconfig.base.json']) {
    cpSync(join(root, entry), join(copy, entry), { recursive: true, filter: (source) => !leaveOut.test(source.slice(root.length)) });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
}

/** 'noticed', or why not. */
function play({ file, from, to, test, project = 'unit', proves }) {
  const path = join(copy, file);
  const original = readFileSync(path, 'utf8');
  if (original.split(from).length !== 2) return `the text to change occurs ${original.split(from).length - 1} times in ${file}`;
  const before = greenTests(test, project);
  if (!before.some((t) => t.passed && t.ids.includes(proves))) return `no green test declares ${proves} before the change`;
  writeFileSync(path, original.replace(from, () => to));
  try {
    const after = run(test, project);
    return after.some((t) => !t.passed && t.ids.includes(proves)) ? 'noticed' : `every test that declares ${proves} stayed green`;
  } finally {
    writeFileSync(path, original);
  }
}

const pristine = new Map();

/** The unchanged tree is tested once per suite. */
function greenTests(test, project) {
  const key = `${project} ${test}`;
  if (!pristine.has(key)) pristine.set(key, run(test, project));
  return pristine.get(key);
}

function run(test, project) {
  const output = join(copy, 'proofs.json');
  rmSync(output, { force: true });
  const env = { ...process.env, BALAGH_PROOFS_FILE: join(copy, 'proofs.jsonl'), BALAGH_PROOFS_OUTPUT: output };
  const args = [join(root, 'node_modules/jest/bin/jest.js'), '--rootDir', copy, '--selectProjects', project, '--reporters', join(copy, 'infra/requirements/proofs.reporter.cjs'), test];
  spawnSync(process.execPath, args, { cwd: copy, env, stdio: 'ignore', timeout: 120_000 });
  try {
    return JSON.parse(readFileSync(output, 'utf8')).tests;
  } catch {
    return [];
  }
}
