import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@balagh/testing';
import { type StoryEndpoints } from '../src';

const root = join(__dirname, '../../..');

/** What `endpoints.json` says; the stories use only the public part. */
export interface LaunchedEndpoints extends StoryEndpoints {
  readonly launcherPid: number;
  readonly backofficeUrl: string;
  readonly pids: Readonly<Record<string, number>>;
  readonly http: Readonly<Record<string, string>>;
  readonly adminDatabaseUrl: string;
  readonly kafkaBrokers?: string;
}

/** The system as `npm start` runs it: the launcher as a process of its own, on free ports and data that is thrown away. */
export class LaunchedSystem {
  private child: ChildProcess | undefined;
  private output = '';
  readonly dataDir = mkdtempSync(join(tmpdir(), 'balagh-e2e-'));

  /** `extra`: arguments of the launcher; `env`: what its services find in their environment besides ours. */
  constructor(
    private readonly extra: readonly string[] = [],
    private readonly env: Readonly<Record<string, string>> = {},
  ) {}

  async start(): Promise<LaunchedEndpoints> {
    this.output = '';
    const launcher = join(root, 'infra/local/dist/main.js');
    const child = spawn(process.execPath, [launcher, '--port', '0', '--data', this.dataDir, ...this.extra], {
      cwd: root,
      env: { ...process.env, ...this.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    const keep = (chunk: Buffer): void => {
      this.output = (this.output + chunk.toString()).slice(-20_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    try {
      await eventually(
        () => {
          if (child.exitCode !== null) throw new Error(`the launcher ended with ${child.exitCode}`);
          return this.output.includes('Balagh is running');
        },
        { deadlineMs: 120_000, what: 'the banner' },
      );
    } catch (cause) {
      const said = this.lastWords();
      await this.stop();
      throw new Error(`the system did not start:\n${this.output}\n${said}`, { cause });
    }
    return this.endpoints();
  }

  /** The end of the log of each service that ended before it was ready: `stop` throws the logs away. */
  private lastWords(): string {
    const ended = [...this.output.matchAll(/ended \(.*see (\S+)/g)].map(([, path = '']) => path);
    return ended
      .filter((path) => existsSync(path))
      .map((path) => `${path}:\n${readFileSync(path, 'utf8').slice(-4000)}`)
      .join('\n');
  }

  /** Read anew at each call: a restarted service has another pid. */
  endpoints(): LaunchedEndpoints {
    return JSON.parse(readFileSync(join(this.dataDir, 'endpoints.json'), 'utf8')) as LaunchedEndpoints;
  }

  get launcherPid(): number {
    return this.child?.pid ?? -1;
  }

  log(): string {
    return this.output;
  }

  /** Ctrl-C; resolves with the exit code. */
  async interrupt(): Promise<number | null> {
    const child = this.child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null)
      return child?.exitCode ?? null;
    return new Promise((resolve) => {
      const timer = setTimeout(() => child.kill('SIGKILL'), 30_000);
      child.once('exit', (code) => {
        clearTimeout(timer);
        resolve(code);
      });
      child.kill('SIGINT');
    });
  }

  /** kill -9 of the launcher alone. */
  async killLauncher(): Promise<void> {
    const child = this.child;
    if (child === undefined) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  async stop(): Promise<void> {
    await this.interrupt();
    this.child = undefined;
    const outside = `/var/tmp/balagh-${createHash('sha256').update(this.dataDir).digest('hex').slice(0, 12)}`;
    for (const dir of [this.dataDir, outside])
      if (existsSync(dir)) rmSync(dir, { recursive: true, force: true });
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Undefined when a Kafka broker can be started here, else why not. In continuous integration it must be possible. */
export function whyNoKafka(): string | undefined {
  const missing = ['java', 'mvn'].filter(
    (tool) => spawnSync(tool, ['-version'], { stdio: 'ignore' }).error !== undefined,
  );
  if (missing.length === 0 || process.env['KAFKA_BROKERS'] !== undefined) return undefined;
  const why = `${missing.join(' and ')} not found; infra/ci/setup installs them`;
  if (process.env['CI'] === 'true')
    throw new Error(`the Kafka suites must run in continuous integration: ${why}`);
  return why;
}
