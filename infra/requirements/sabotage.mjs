// `npm run sabotage [-- ID …]`: breaks the product in known ways, one at a time and in copies, and expects a test that declares
// a requirement to turn red. A sabotage that nobody notices fails the run.
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../local/setup.mjs';

const runMs = 180_000;
const copied = [
  'libs',
  'services',
  'infra',
  'proto',
  'docs',
  'jest.config.cjs',
  'package.json',
  '.swcrc',
  'tsconfig.json',
  'tsconfig.base.json',
];
const leftOut = /\/(node_modules|dist|\.balagh|target)(\/|$)/;

if (process.argv.includes('--help')) {
  console.log(
    'npm run sabotage [-- ID …]\nBreaks the product in known ways, in copies, and expects a declared test to turn red.',
  );
  process.exit(0);
}
const all = JSON.parse(readFileSync(join(root, 'infra/requirements/sabotages.json'), 'utf8'));
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const chosen = wanted.length === 0 ? all : all.filter(({ id }) => wanted.includes(id));
const copies = Array.from({ length: Math.max(1, Math.min(2, availableParallelism(), chosen.length)) }, () =>
  copyTree(),
);
const verdicts = new Map();
process.once('exit', () => copies.forEach((copy) => rmSync(copy, { recursive: true, force: true })));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));

const declared = await declarations();
const queue = [...chosen];
await Promise.all(copies.map((copy) => work(copy, queue)));
const noticed = chosen.filter(({ id }) => verdicts.get(id) === 'noticed').length;
console.log(`${noticed} of ${chosen.length} sabotages turned a declared test red.`);
process.exit(noticed === chosen.length && chosen.length > 0 ? 0 : 1);

async function work(copy, queue) {
  for (let sabotage = queue.shift(); sabotage !== undefined; sabotage = queue.shift()) {
    const verdict = await play(copy, sabotage);
    verdicts.set(sabotage.id, verdict);
    const { id, what, proves } = sabotage;
    console.log(
      verdict === 'noticed'
        ? `noticed    ${id}  ${what} (${proves})`
        : `UNNOTICED  ${id}  ${what}: ${verdict}`,
    );
  }
}

/** 'noticed', or why not. */
async function play(copy, { file, from, to, test, project, proves }) {
  const path = join(copy, file);
  const original = readFileSync(path, 'utf8');
  const found = original.split(from).length - 1;
  if (found !== 1 || to === from) return `the text to change occurs ${found} times in ${file}`;
  const showing = declared.filter(
    (t) => t.project === project && t.path.startsWith(test) && t.ids.includes(proves),
  );
  if (showing.length === 0 || showing.some((t) => !t.passed))
    return `no green test of ${test} declares ${proves} before the change`;
  writeFileSync(
    path,
    original.replace(from, () => to),
  );
  try {
    const after = await run(
      copy,
      project,
      [test],
      showing.map((t) => t.test),
    );
    return after.some((t) => !t.passed && t.ids.includes(proves))
      ? 'noticed'
      : `every test that declares ${proves} stayed green`;
  } finally {
    writeFileSync(path, original);
  }
}

/** What the unchanged tree declares: every suite is run once. */
async function declarations() {
  const found = [];
  for (const project of new Set(chosen.map((sabotage) => sabotage.project))) {
    const tests = [
      ...new Set(chosen.filter((sabotage) => sabotage.project === project).map(({ test }) => test)),
    ];
    found.push(...(await run(copies[0], project, tests)).map((t) => ({ ...t, project })));
  }
  return found;
}

/** The declarations of one jest run with their results; only tests of these full names when given. */
async function run(copy, project, tests, names) {
  const output = join(copy, 'proofs.json');
  rmSync(output, { force: true });
  const env = {
    ...process.env,
    BALAGH_PROOFS_FILE: join(copy, 'proofs.jsonl'),
    BALAGH_PROOFS_OUTPUT: output,
  };
  const only = names === undefined ? [] : ['--testNamePattern', `^(${names.map(literal).join('|')})$`];
  const reporter = join(copy, 'infra/requirements/proofs.reporter.cjs');
  const args = [
    join(root, 'node_modules/jest/bin/jest.js'),
    '--rootDir',
    copy,
    '--selectProjects',
    project,
    '--reporters',
    reporter,
    ...only,
    '--',
    ...tests,
  ];
  const jest = spawn(process.execPath, args, { cwd: copy, env, stdio: 'ignore', timeout: runMs });
  await new Promise((resolve) => jest.once('close', resolve));
  try {
    return JSON.parse(readFileSync(output, 'utf8')).tests;
  } catch {
    return [];
  }
}

function literal(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function copyTree() {
  const copy = mkdtempSync(join(tmpdir(), 'balagh-sabotage-'));
  for (const entry of copied) {
    cpSync(join(root, entry), join(copy, entry), {
      recursive: true,
      filter: (source) => !leftOut.test(source.slice(root.length)),
    });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}
