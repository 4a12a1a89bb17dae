import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brokerIsReady } from '@balagh/event-feed';
import { freePort } from '../free-port';
import { ensureKafkaJars, kafkaHome, type KafkaLog } from './kafka-jars';
import { type SecuredListeners, scramCredentials, securedSettings, withSettings } from './secured-listeners';

/**
 * Apache Kafka as one KRaft node on loopback, for laptops and tests. It ends with the process that started it. Its
 * process id and port are kept in `<dataDir>/broker.json`: one that still runs is stopped at the next start on the
 * same directory.
 */
export interface KafkaBrokerOptions {
  /** Kept between starts; made and formatted if missing. One broker at a time. */
  readonly dataDir: string;
  /** Client port; absent or 0: a free one. */
  readonly port?: number;
  /** Standard output and error of the broker are appended to it. */
  readonly logFile: string;
  readonly log?: KafkaLog;
  /** Also listens for named users over TLS, who may do what ACLs allow; whoever comes in clear on loopback may do everything. */
  readonly secured?: SecuredListeners;
}

export interface KafkaBroker {
  /** `host:port`, for `KAFKA_BROKERS`. */
  readonly brokers: string;
  /** Addresses of the secured listeners: users with passwords, and clients with certificates (their common name is the user). */
  readonly secured?: { readonly sasl: string; readonly mutualTls: string };
  readonly pid: number;
  /** Orderly shutdown, SIGKILL after 15 s; resolves when the process is gone. Safe to repeat. */
  stop(): Promise<void>;
  /** At once and without waiting, for exit handlers. Loses nothing that was acknowledged: the disk cache is the kernel's. */
  kill(): void;
}

/** Jars could not be had: Java or Maven is missing, or the download failed. */
export class KafkaUnavailable extends Error {
  constructor(readonly why: string) {
    super(why);
    this.name = 'KafkaUnavailable';
  }
}

const silent: KafkaLog = { info: () => undefined, warn: () => undefined };
const startDeadlineMs = 60_000;
/** Small heap, quick start: one compiler tier and the serial collector suit a broker that lives for a test or a demo. */
const javaOptions = [
  '-Xms128m',
  '-Xmx384m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Xshare:auto',
  '-Djava.awt.headless=true',
];

/** @throws KafkaUnavailable when Java, Maven or the jars are missing; Error when the broker does not become ready in 60 s */
export async function startKafkaBroker(options: KafkaBrokerOptions): Promise<KafkaBroker> {
  const log = options.log ?? silent;
  const jars = await ensureKafkaJars(log);
  if (!jars.available) throw new KafkaUnavailable(jars.why);
  mkdirSync(options.dataDir, { recursive: true });
  await stopOrphan(options.dataDir, log);

  const port = options.port === undefined || options.port === 0 ? await freePort() : options.port;
  const secured =
    options.secured === undefined ? undefined : await securedSettings(options.dataDir, options.secured);
  const configuration = writeConfiguration(options.dataDir, port, await freePort(), secured?.settings);
  const java = [
    ...javaOptions,
    `-Dlog4j2.configurationFile=${join(kafkaHome, 'log4j2.properties')}`,
    '-cp',
    jars.classPath,
  ];
  if (!existsSync(join(options.dataDir, 'log/meta.properties')))
    formatStorage(jars.java, java, configuration, scramCredentials(options.secured));

  const output = openSync(options.logFile, 'a');
  const child = spawn(jars.java, [...java, 'kafka.Kafka', configuration], {
    cwd: options.dataDir,
    stdio: ['ignore', output, output],
    // Own process group: Ctrl-C reaches the launcher only, which stops the broker last.
    detached: true,
  });
  closeSync(output);
  child.unref();
  const { pid } = child;
  if (pid === undefined) throw new Error('the Kafka broker could not be started');
  writeFileSync(pidFile(options.dataDir), JSON.stringify({ pid, port }));
  endWithUs(pid);
  const broker = {
    ...brokerOf(options.dataDir, pid, port),
    ...(secured === undefined ? {} : { secured: secured.addresses }),
  };
  if (!(await becomesReady(broker, () => child.exitCode !== null))) {
    broker.kill();
    throw new Error(`the Kafka broker did not become ready; see ${options.logFile}`);
  }
  log.info({ event: 'kafka.broker.started', pid, brokers: broker.brokers });
  return broker;
}

function brokerOf(dataDir: string, pid: number, port: number): KafkaBroker {
  const kill = (): void => {
    process.off('exit', kill);
    if (runsBroker(pid, dataDir)) process.kill(pid, 'SIGKILL');
    rmSync(pidFile(dataDir), { force: true });
  };
  process.once('exit', kill);
  return {
    brokers: `127.0.0.1:${port}`,
    pid,
    kill,
    stop: async () => {
      await stopProcess(pid, dataDir);
      kill();
    },
  };
}

/** A guard ends the broker within two seconds of our end, also after SIGKILL; it goes when the broker goes. */
function endWithUs(pid: number): void {
  const alive = `kill -0 ${process.pid} 2>/dev/null && kill -0 ${pid} 2>/dev/null`;
  const guard = spawn('sh', ['-c', `while ${alive}; do sleep 1; done; kill -9 ${pid} 2>/dev/null`], {
    stdio: 'ignore',
    detached: true,
  });
  guard.on('error', () => undefined);
  guard.unref();
}

const pidFile = (dataDir: string): string => join(dataDir, 'broker.json');

function writeConfiguration(
  dataDir: string,
  port: number,
  controllerPort: number,
  more: Readonly<Record<string, string>> = {},
): string {
  const values: Readonly<Record<string, string>> = {
    CLIENT_PORT: String(port),
    CONTROLLER_PORT: String(controllerPort),
    LOG_DIR: join(dataDir, 'log'),
  };
  const template = readFileSync(join(kafkaHome, 'server.properties'), 'utf8');
  const file = join(dataDir, 'server.properties');
  const filled = template.replaceAll(/@([A-Z_]+)@/g, (_, name: string) => values[name] ?? '');
  writeFileSync(file, withSettings(filled, more), { mode: 0o600 });
  return file;
}

function formatStorage(
  java: string,
  options: readonly string[],
  configuration: string,
  credentials: readonly string[],
): void {
  const clusterId = randomBytes(16).toString('base64url').replace(/^-/, 'A');
  const tool = [
    'kafka.tools.StorageTool',
    'format',
    '--cluster-id',
    clusterId,
    '--config',
    configuration,
    '--ignore-formatted',
    ...credentials,
  ];
  const { status, stdout, stderr } = spawnSync(java, [...options, ...tool], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (status !== 0)
    throw new Error(`the storage of the Kafka broker could not be formatted: ${(stderr || stdout).trim()}`);
}

async function becomesReady(broker: KafkaBroker, died: () => boolean): Promise<boolean> {
  for (const end = Date.now() + startDeadlineMs; Date.now() < end && !died();) {
    if (await brokerIsReady(broker.brokers)) return true;
    await pause(50);
  }
  return false;
}

async function stopOrphan(dataDir: string, log: KafkaLog): Promise<void> {
  if (!existsSync(pidFile(dataDir))) return;
  const { pid } = JSON.parse(readFileSync(pidFile(dataDir), 'utf8')) as { pid: number };
  if (runsBroker(pid, dataDir)) {
    log.warn({ event: 'kafka.broker.orphan_stopped', pid });
    await stopProcess(pid, dataDir);
  }
  rmSync(pidFile(dataDir), { force: true });
}

/** SIGTERM is an orderly shutdown. */
async function stopProcess(pid: number, dataDir: string): Promise<void> {
  if (runsBroker(pid, dataDir)) process.kill(pid, 'SIGTERM');
  for (const end = Date.now() + 20_000; runsBroker(pid, dataDir) && Date.now() < end;) {
    if (Date.now() > end - 5_000) process.kill(pid, 'SIGKILL');
    await pause(25);
  }
}

/** Process ids are reused: only a process whose command line names this data directory is ours to stop. */
function runsBroker(pid: number, dataDir: string): boolean {
  const file = `/proc/${pid}/cmdline`;
  try {
    const command = existsSync('/proc/self/cmdline')
      ? readFileSync(file, 'utf8')
      : spawnSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' }).stdout;
    return command.includes('kafka.Kafka') && command.includes(dataDir);
  } catch {
    return false;
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
