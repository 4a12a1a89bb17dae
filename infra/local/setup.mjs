// Set-up of a fresh clone, for `npm start` and `npm test` alike. Needs nothing but Node and npm.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Runs a command in the project; resolves with its exit code. Ctrl-C reaches it because it shares our terminal. */
export function run(command, args, options = {}) {
  return new Promise((done, failed) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    // The child decides when it is done; we only wait for it.
    const pass = (signal) => child.kill(signal);
    const passed = ['SIGINT', 'SIGTERM'];
    for (const signal of passed) process.on(signal, pass);
    const over = () => passed.forEach((signal) => process.off(signal, pass));
    child.once('error', (error) => {
      over();
      failed(error);
    });
    child.once('exit', (code, signal) => {
      over();
      done(code ?? (signal === 'SIGINT' ? 130 : 1));
    });
  });
}

async function must(what, command, args, options) {
  const code = await run(command, args, options);
  if (code !== 0) {
    console.error(`${what} failed (exit code ${code}).`);
    process.exit(code);
  }
}

export async function prepare({ console: withConsole = true } = {}) {
  checkNode();
  await installDependencies();
  await must('Compiling', process.execPath, [join(root, 'infra/build/build.mjs')]);
  if (withConsole) await buildConsole();
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`Balagh needs Node 20.19 or newer; this is ${process.version}.`);
  process.exit(1);
}

/** `npm ci` when the lock file changed since the last one. */
async function installDependencies() {
  const lock = hashOf([join(root, 'package-lock.json')]);
  const stamp = join(root, 'node_modules/.balagh-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.log('Installing dependencies (about a minute, once) …');
  await must('npm ci', 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    shell: process.platform === 'win32',
  });
  writeFileSync(stamp, lock);
}

async function buildConsole() {
  const home = join(root, 'services/console');
  if (!existsSync(join(home, 'vite.config.ts'))) return;
  const sources = hashOf([
    ...files(join(home, 'src')),
    join(home, 'vite.config.ts'),
    join(home, 'index.html'),
    join(root, 'package-lock.json'),
  ]);
  const stamp = join(home, 'dist/.balagh-sources');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return;
  console.log('Building the console …');
  await must(
    'vite build',
    process.execPath,
    [join(root, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'warn'],
    { cwd: home },
  );
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, sources);
}

function* files(dir) {
  if (!existsSync(dir)) return;
  for (const entry of readdirSync(dir, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else yield path;
  }
}

function hashOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths)
    if (existsSync(path)) hash.update(path.slice(root.length)).update(readFileSync(path));
  return hash.digest('hex');
}
