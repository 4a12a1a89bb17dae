import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '@balagh/testing';
import { Client } from 'pg';
import { freePort } from '../../local/src/free-port';
import { postgresHome } from '../../local/src/data-directory';
import { World, stories } from '../src';
import { LaunchedSystem } from './launched-system';

const root = join(__dirname, '../../..');
const waterNote = stories.find((story) => story.id === 'S3')!;

interface Evidence {
  readonly cases: readonly string[];
  /** What `npm run case -- show NUMBER --reveal --json` says of each. */
  readonly trails: readonly unknown[];
  readonly events: number;
}

const caseCommand = async (system: LaunchedSystem, ...args: readonly string[]): Promise<string> => {
  const cli = join(root, 'services/history/dist/entrypoints/case.cli.js');
  const env = { ...process.env, DATABASE_URL: '', BALAGH_ENDPOINTS: join(system.dataDir, 'endpoints.json') };
  return (await promisify(execFile)(process.execPath, [cli, ...args], { env })).stdout;
};

/** Everything that a person or an auditor sees of the cases, personal values opened; verified before it is taken. */
async function evidenceOf(system: LaunchedSystem): Promise<Evidence> {
  const verified = await eventually(
    // The index may still be behind the last event.
    async () => JSON.parse(await caseCommand(system, 'verify', '--json')) as { readonly faults: unknown[] },
    { deadlineMs: 20_000, what: 'a verification without faults' },
  );
  expect(verified.faults).toEqual([]);
  const list = JSON.parse(await caseCommand(system, 'list', '--json')) as {
    readonly cases: readonly { readonly caseNumber: string }[];
  };
  const cases = list.cases.map(({ caseNumber }) => caseNumber).sort();
  const trails: unknown[] = [];
  for (const number of cases)
    trails.push(JSON.parse(await caseCommand(system, 'show', number, '--reveal', '--json')));
  return { cases, trails, events: await eventsOf(system.endpoints().adminDatabaseUrl) };
}

/** Those of the cases: looking at one is recorded, too. */
async function eventsOf(url: string): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ n: string }>(
    "select count(*) as n from eventstore.events where category in ('case', 'message')",
  );
  await client.end();
  return Number(rows[0]?.n);
}

async function playOn(system: LaunchedSystem): Promise<void> {
  const world = new World(system.endpoints());
  try {
    await waterNote.play(world);
  } finally {
    world.close();
  }
}

/** The shell's code blocks of a page, in order. */
const commandsOf = (page: string): string[] =>
  [...readFileSync(join(root, page), 'utf8').matchAll(/```sh\n([\s\S]*?)```/g)].map(([, code]) => code ?? '');

function keysIn(file: string): { readonly current: string; readonly versions: readonly string[] } {
  const { current, keys } = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly current: string;
    readonly keys: Readonly<Record<string, string>>;
  };
  return { current, versions: Object.keys(keys) };
}

describe('a laptop’s data', () => {
  const system = new LaunchedSystem();
  const backup = mkdtempSync(join(tmpdir(), 'balagh-backup-'));
  afterAll(async () => {
    await system.stop();
    rmSync(backup, { recursive: true, force: true });
  }, 60_000);

  it('packed while it is stopped, thrown away and unpacked, is all there and verifies', async () => {
    await system.start();
    await playOn(system);
    const before = await evidenceOf(system);
    expect(before.events).toBeGreaterThan(15);
    await system.interrupt();

    const places = [...new Set([system.dataDir, dirname(postgresHome(system.dataDir))])];
    const archive = join(backup, 'balagh-backup.tgz');
    execFileSync('tar', ['-C', '/', '-cpzf', archive, ...places.map((place) => place.slice(1))]);
    for (const place of places) rmSync(place, { recursive: true, force: true });
    execFileSync('tar', ['-C', '/', '-xpzf', archive]);

    await system.start();
    expect(await evidenceOf(system)).toEqual(before);
  }, 400_000);

  it('whose keys are rotated as the page says opens what was sealed before and after', async () => {
    const [make, rotate] = commandsOf('docs/how-to/rotate-keys.md');
    execFileSync('sh', ['-c', make ?? ''], { cwd: backup });
    expect(keysIn(join(backup, 'keys.json'))).toEqual({ current: 'v1', versions: ['v1'] });

    const before = await evidenceOf(system);
    const keyFile = join(system.dataDir, 'keys.json');
    await system.interrupt();
    execFileSync('sh', ['-c', (rotate ?? '').replace('.balagh/keys.json', keyFile)]);
    expect(keysIn(keyFile)).toEqual({ current: 'v2', versions: ['v1', 'v2'] });
    await system.start();
    expect(await evidenceOf(system)).toEqual(before);
    await playOn(system);
    const after = await evidenceOf(system);
    expect(after.cases.length).toBeGreaterThan(before.cases.length);

    const { adminDatabaseUrl } = system.endpoints();
    const client = new Client({ connectionString: adminDatabaseUrl });
    await client.connect();
    const { rows } = await client.query<{ version: string }>(
      'select distinct kek_version as version from keys.subject_key order by version',
    );
    await client.end();
    expect(rows.map(({ version }) => version)).toEqual(['v1', 'v2']);
  }, 400_000);
});

/** A server and its own tools, in whatever version is installed; the embedded one has no tools. */
const serverTools = ((): string | undefined => {
  const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql') : [];
  return versions
    .map((version) => join('/usr/lib/postgresql', version, 'bin'))
    .reverse()
    .find((bin) =>
      ['postgres', 'initdb', 'pg_dump', 'pg_restore'].every((tool) => existsSync(join(bin, tool))),
    );
})();

interface InstalledServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** As root it runs as `postgres`, as the packages of Debian do. */
async function startInstalled(bin: string, directory: string): Promise<InstalledServer> {
  const account = process.getuid?.() === 0 ? accountOf('postgres') : undefined;
  mkdirSync(directory, { mode: 0o700 });
  if (account !== undefined) execFileSync('chown', [`${account.uid}:${account.gid}`, directory]);
  const options = { ...account, cwd: '/', stdio: 'ignore' } as const;
  const data = join(directory, 'data');
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '--auth=trust', '-E', 'UTF8'], options);
  const port = await freePort();
  const settings = [
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    'unix_socket_directories=',
    '-c',
    'max_connections=200',
  ];
  const child = spawn(join(bin, 'postgres'), ['-D', data, '-p', String(port), ...settings], options);
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  await eventually(async () => {
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.end();
    return true;
  });
  return {
    url,
    stop: async () => {
      child.kill('SIGINT');
      await gone;
    },
  };
}

function accountOf(name: string): { readonly uid: number; readonly gid: number } {
  const id = (kind: string): number => Number(execFileSync('id', [kind, name], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

describe('a server’s data', () => {
  const bin = serverTools;
  if (bin === undefined) {
    it('not run: no PostgreSQL server with its tools is installed', () =>
      console.warn('the drill with pg_dump needs a server of the same version'));
    return;
  }
  const directory = mkdtempSync(join(tmpdir(), 'balagh-servers-'));
  const servers: InstalledServer[] = [];
  const systems: LaunchedSystem[] = [];
  beforeAll(() => chmodSync(directory, 0o755));
  afterAll(async () => {
    for (const system of systems) await system.stop();
    for (const server of servers) await server.stop();
    rmSync(directory, { recursive: true, force: true });
  }, 60_000);

  const serverIn = async (name: string): Promise<InstalledServer> => {
    const server = await startInstalled(bin, join(directory, name));
    servers.push(server);
    return server;
  };
  const systemOn = (server: InstalledServer): LaunchedSystem => {
    const system = new LaunchedSystem([], { DATABASE_URL: server.url });
    systems.push(system);
    return system;
  };
  const tool = (name: string, ...args: readonly string[]): void => {
    const { status, stderr } = spawnSync(join(bin, name), args, { encoding: 'utf8' });
    expect([name, status, stderr]).toEqual([name, 0, '']);
  };
  const adminOf = (server: InstalledServer): string => server.url.replace(/postgres$/, 'balagh');

  it('dumped while it works and restored on an empty server with its keys and attachments, is all there and verifies', async () => {
    const [old, fresh] = [await serverIn('old'), await serverIn('fresh')];
    const first = systemOn(old);
    await first.start();
    await playOn(first);
    const before = await evidenceOf(first);
    const dump = join(directory, 'balagh.dump');
    tool('pg_dump', '--format=custom', `--file=${dump}`, adminOf(old));
    const second = systemOn(fresh);
    for (const part of ['keys.json', 'secrets.json', 'attachments'])
      cpSync(join(first.dataDir, part), join(second.dataDir, part), { recursive: true });
    await first.interrupt();

    const bootstrap = join(root, 'infra/local/dist/bootstrap.main.js');
    execFileSync(process.execPath, [bootstrap], {
      env: { ...process.env, DATABASE_URL: fresh.url, ROLE_PASSWORD: 'made-anew' },
    });
    tool('pg_restore', '--clean', '--if-exists', `--dbname=${adminOf(fresh)}`, dump);
    await second.start();
    expect(await evidenceOf(second)).toEqual(before);
    await playOn(second);
  }, 400_000);
});
