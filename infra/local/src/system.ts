import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startIdentity } from '@balagh/identity';
import { startSimulators } from '@balagh/simulators';
import { topics } from '@balagh/case-events';
import { type EventStoreAddress, type EventStoreKind } from '@balagh/event-store';
import { type PartnerTls, preparePartnerTls } from './certificates';
import { type DataDirectory, openDataDirectory } from './data-directory';
import { type DatabaseAddresses, databaseServices, derivedPasswords, prepareDatabase } from './database';
import { createTopics, defaultPartitions } from '@balagh/event-feed';
import { kafkaConfig, kafkaSecurityOf } from '@balagh/runtime';
import { chosenStore } from './event-store-choice';
import { startKafkaBroker } from './kafka/kafka-broker';
import { memoryOf } from './memory';
import { canListen, freePort } from './free-port';
import { startEmbeddedPostgres } from './postgres/embedded-postgres';
import { grpcAgencies, publishProfiles } from './profiles';
import { type Ports, serviceProcesses } from './services';
import { type ServiceProcess, Supervisor } from './supervisor';
import { WatchedServer } from './watched-server';

/** What `endpoints.json` tells command-line tools and tests about the running system. Holds database passwords: mode 0600. */
export interface Endpoints {
  readonly launcherPid: number;
  readonly backofficeUrl: string;
  readonly intakeUrl: string;
  readonly simulatorsUrl: string;
  readonly issuerUrl: string;
  readonly grpc: Readonly<Record<string, string>>;
  /** Where agencies call over mutual TLS, and the demonstration's certificates by agency code. */
  readonly partner: { readonly address: string } & Pick<PartnerTls, 'caFile' | 'agencies'>;
  readonly http: Readonly<Record<string, string>>;
  readonly pids: Readonly<Record<string, number>>;
  /** Process ids of what the launcher started besides the services: `postgres`, `kafka`. */
  readonly servers: Readonly<Record<string, number>>;
  readonly adminDatabaseUrl: string;
  readonly eventStore: EventStoreKind;
  readonly eventStoreUrl: string;
  readonly keysUrl: string;
  readonly kekFile: string;
  readonly services: Readonly<Record<string, { readonly databaseUrl: string }>>;
  readonly feed: 'store' | 'kafka';
  readonly kafkaBrokers?: string;
}

export interface RunningSystem {
  readonly endpoints: Endpoints;
  /** Drills: PostgreSQL, once ended, stays away for this long. Milliseconds. */
  holdPostgres(ms: number): void;
  /** Drills: one more process of a service, with ports of its own; resolves when it is ready. */
  startReplica(service: string): Promise<Replica>;
  /** Everything this system uses, in MiB; see `memoryOf`. */
  memory(): number;
  stop(): Promise<void>;
}

export interface Replica {
  readonly pid: number;
  /** A clean end; the other process goes on alone. */
  stop(): Promise<void>;
}

export interface SystemOptions {
  readonly dataDir: string | undefined;
  readonly firstPort: number;
  readonly kafka: boolean;
  /** Added to the environment of every service. */
  readonly serviceEnvironment?: Readonly<Record<string, string>>;
  /** One line per step, for a person. */
  readonly progress: (line: string) => void;
}

/** Starts everything on loopback. What was started is stopped again, in reverse, when a later step fails. */
export async function startSystem(options: SystemOptions): Promise<RunningSystem> {
  const data = openDataDirectory(options.dataDir);
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const next of stops.splice(0).reverse()) await next();
    rmSync(data.endpoints, { force: true });
  };
  try {
    return await startSteps(options, data, stops, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startSteps(
  options: SystemOptions,
  data: DataDirectory,
  stops: (() => Promise<void>)[],
  stop: () => Promise<void>,
): Promise<RunningSystem> {
  refuseSecondLauncher(data);
  const servers: Servers = new Map();
  const { progress } = options;
  const eventStore = chosenStore(process.env['EVENT_STORE'], process.env['EVENT_STORE_URL']);
  progress('PostgreSQL …');
  const serverUrl = await databaseServer(data, stops, servers, progress);
  const databases = await prepareDatabase(serverUrl, derivedPasswords(data.secrets.rolePassword));
  const ports = await choosePorts(options.firstPort);
  progress('profiles, identity issuer, simulators …');
  await publishProfiles(eventStore ?? { kind: 'postgres', url: databases.admin }, progress);
  const partnerTls = await preparePartnerTls(data.tls, grpcAgencies());
  const identity = await startIdentity({
    port: ports.identity,
    host: '127.0.0.1',
    dataDir: data.identity,
    mode: 'demo',
    redirectUris: redirects(ports),
  });
  stops.push(() => identity.stop());
  const simulators = await startSimulators({
    host: '127.0.0.1',
    httpPort: ports.simulators,
    smtpPort: ports.smtp,
    dataDir: data.path,
  });
  stops.push(() => simulators.stop());
  const kafkaBrokers = options.kafka ? await kafka(data, stops, servers, progress) : undefined;
  const supervisor = new Supervisor(data.logs, progress, () => writeEndpoints());
  stops.push(() => supervisor.stop());
  const issuerUrl = identity.issuerUrl;
  const around = { data, ports, databases, eventStore, issuerUrl, kafkaBrokers, partnerTls };
  const processesOn = (on: Ports): ServiceProcess[] =>
    serviceProcesses({
      ...around,
      ports: on,
      gatewayUrl: simulators.httpUrl,
      smtpUrl: simulators.smtpUrl,
    }).map((service) => ({
      ...service,
      env: { ...service.env, ...options.serviceEnvironment },
    }));
  const services = processesOn(ports);
  let replicas = 0;
  const serverPids = (): Record<string, number> =>
    Object.fromEntries([...servers].map(([name, { pid }]) => [name, pid]));
  const endpoints = (): Endpoints =>
    describe({
      ...around,
      simulatorsUrl: simulators.httpUrl,
      pids: supervisor.pids(),
      servers: serverPids(),
    });
  const writeEndpoints = (): void =>
    writeFileSync(data.endpoints, JSON.stringify(endpoints(), null, 2), { mode: 0o600 });
  progress(`services: ${services.map((s) => s.name).join(', ')} …`);
  await supervisor.start(services, (name) => progress(`  ${name} is ready`));
  writeEndpoints();
  return {
    get endpoints() {
      return endpoints();
    },
    holdPostgres: (ms) => servers.get('postgres')?.hold(ms),
    startReplica: async (service) => {
      const process = processesOn(await choosePorts(0)).find(({ name }) => name === service);
      if (process === undefined) throw new Error(`no service ${service}`);
      const name = `${service}-replica-${(replicas += 1)}`;
      return startReplica({ ...process, name }, data.logs, stops, progress);
    },
    memory: () => memoryOf([process.pid, ...Object.values(serverPids())]),
    stop,
  };
}

async function startReplica(
  process: ServiceProcess,
  logs: string,
  stops: Stops,
  report: Report,
): Promise<Replica> {
  const supervisor = new Supervisor(logs, report);
  stops.push(() => supervisor.stop());
  await supervisor.start([process], (name) => report(`  ${name} is ready`));
  return { pid: supervisor.pids().get(process.name) ?? -1, stop: () => supervisor.stop() };
}

/** Two launchers on one data directory would fight over it. A dead one's file is simply replaced. */
function refuseSecondLauncher(data: DataDirectory): void {
  if (!existsSync(data.endpoints)) return;
  const { launcherPid } = JSON.parse(readFileSync(data.endpoints, 'utf8')) as Endpoints;
  if (launcherPid === process.pid) return;
  try {
    process.kill(launcherPid, 0);
  } catch {
    return;
  }
  throw new Error(
    `already running on ${data.path} (process ${launcherPid}); stop it first, or use --data for another place`,
  );
}

type Servers = Map<string, WatchedServer>;
type Stops = (() => Promise<void>)[];
type Report = (line: string) => void;

async function databaseServer(
  data: DataDirectory,
  stops: Stops,
  servers: Servers,
  report: Report,
): Promise<string> {
  const given = process.env['DATABASE_URL'];
  if (given !== undefined && given !== '') return given;
  const first = await startEmbeddedPostgres({ dataDir: data.postgres });
  const again = (): ReturnType<typeof startEmbeddedPostgres> =>
    startEmbeddedPostgres({ dataDir: data.postgres, port: first.port });
  const watched = new WatchedServer('PostgreSQL', first, again, report);
  stops.push(() => watched.stop());
  servers.set('postgres', watched);
  return first.url;
}

/**
 * Of each topic on the embedded broker: for the few replicas of a drill. Each fetch of each consumer names every partition of its topics, and so
 * does each answer.
 */
const embeddedPartitions = 3;

async function kafka(data: DataDirectory, stops: Stops, servers: Servers, report: Report): Promise<string> {
  const given = process.env['KAFKA_BROKERS'];
  if (given !== undefined && given !== '') {
    await createTopics(given, topics, defaultPartitions, kafkaSecurityOf(kafkaConfig()));
    return given;
  }
  report('Apache Kafka (the first time Maven fetches it) …');
  const options = { dataDir: data.kafka, logFile: join(data.logs, 'kafka.log') };
  const first = await startKafkaBroker(options);
  const port = Number(first.brokers.split(':')[1]);
  const watched = new WatchedServer(
    'Apache Kafka',
    first,
    () => startKafkaBroker({ ...options, port }),
    report,
  );
  stops.push(() => watched.stop());
  servers.set('kafka', watched);
  await createTopics(first.brokers, topics, embeddedPartitions);
  return first.brokers;
}

/** People's ports run from `first` on, skipping those in use; machines' ports are any free ones. */
async function choosePorts(first: number): Promise<Ports> {
  let next = first;
  const human = async (): Promise<number> => {
    if (first === 0) return freePort();
    while (!(await canListen(next))) next += 1;
    return next++;
  };
  const free = async (): Promise<Record<(typeof databaseServices)[number], number>> =>
    Object.fromEntries(
      await Promise.all(databaseServices.map(async (name) => [name, await freePort()])),
    ) as Record<(typeof databaseServices)[number], number>;
  const backoffice = await human();
  const intake = await human();
  const simulators = await human();
  const identity = await human();
  const internalHttp = { ...(await free()), backoffice, intake };
  return {
    backoffice,
    intake,
    simulators,
    identity,
    smtp: await freePort(),
    internalHttp,
    grpc: await free(),
    partner: await freePort(),
  };
}

const redirects = (ports: Ports): string[] =>
  ['localhost', '127.0.0.1'].map((host) => `http://${host}:${ports.backoffice}/auth/callback`);

interface Described {
  readonly data: DataDirectory;
  readonly ports: Ports;
  readonly databases: DatabaseAddresses;
  readonly eventStore: EventStoreAddress | undefined;
  readonly issuerUrl: string;
  readonly simulatorsUrl: string;
  readonly kafkaBrokers: string | undefined;
  readonly partnerTls: PartnerTls;
  readonly pids: ReadonlyMap<string, number>;
  readonly servers: Readonly<Record<string, number>>;
}

function describe(system: Described): Endpoints {
  const { ports, databases, data } = system;
  const addresses = (of: Readonly<Record<string, number>>, prefix: string): Record<string, string> =>
    Object.fromEntries(Object.entries(of).map(([name, port]) => [name, `${prefix}127.0.0.1:${port}`]));
  return {
    launcherPid: process.pid,
    backofficeUrl: `http://localhost:${ports.backoffice}`,
    intakeUrl: `http://127.0.0.1:${ports.intake}`,
    simulatorsUrl: system.simulatorsUrl,
    issuerUrl: system.issuerUrl,
    grpc: addresses(ports.grpc, ''),
    partner: {
      address: `localhost:${ports.partner}`,
      caFile: system.partnerTls.caFile,
      agencies: system.partnerTls.agencies,
    },
    http: addresses(ports.internalHttp, 'http://'),
    pids: Object.fromEntries(system.pids),
    servers: system.servers,
    adminDatabaseUrl: databases.admin,
    eventStore: system.eventStore?.kind ?? 'postgres',
    eventStoreUrl: system.eventStore?.url ?? databases.of('history'),
    keysUrl: databases.of('history'),
    kekFile: data.keyFile,
    services: Object.fromEntries(databaseServices.map((name) => [name, { databaseUrl: databases.of(name) }])),
    feed: system.kafkaBrokers === undefined ? 'store' : 'kafka',
    ...(system.kafkaBrokers === undefined ? {} : { kafkaBrokers: system.kafkaBrokers }),
  };
}
