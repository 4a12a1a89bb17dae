import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { topics } from '@balagh/case-events';
import {
  type KafkaSecurity,
  createKafkaFeed,
  createTopics,
  migrateFeed,
  startRelay,
} from '@balagh/event-feed';
import { createPostgresEventStore, migrateEventStore } from '@balagh/event-store';
import { kafkaConfig, kafkaSecurityOf } from '@balagh/runtime';
import { type TestDatabase, eventually, testDatabase } from '@balagh/testing';
import {
  AclOperationTypes,
  AclPermissionTypes,
  AclResourceTypes,
  Kafka,
  Partitioners,
  ResourcePatternTypes,
  logLevel,
} from 'kafkajs';
import { parseAllDocuments } from 'yaml';
import { caseNumber, happen } from '../../../libs/event-feed/spec/case-story';
import { recordingLog } from '../../../libs/event-feed/spec/feed-bench';
import { type PartnerTls, preparePartnerTls } from '../../local/src/certificates';
import { type KafkaBroker, startKafkaBroker } from '../../local/src/kafka/kafka-broker';
import { missingForKafka } from '../../local/src/kafka/kafka-jars';

const why = missingForKafka();
const users = ['intake', 'routing', 'dispatch', 'notification', 'history', 'backoffice', 'bootstrap'].map(
  (name) => `kafka-${name}`,
);
const passwordOf = (user: string): string => `secret-of-${user}`;

describe('Kafka over TLS with users', () => {
  if (why !== undefined) {
    it(`not run: ${why}`, () => expect(process.env['CI']).not.toBe('true'));
    return;
  }
  let directory: string;
  let tls: PartnerTls;
  let broker: KafkaBroker;
  let database: TestDatabase;
  const closings: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'balagh-secured-'));
    tls = await preparePartnerTls(join(directory, 'tls'), [{ code: 'kafka-history', tenants: [] }]);
    broker = await startKafkaBroker({
      dataDir: join(directory, 'data'),
      logFile: join(directory, 'broker.log'),
      secured: {
        certFile: tls.certFile,
        keyFile: tls.keyFile,
        caFile: tls.caFile,
        users: Object.fromEntries(users.map((user) => [user, passwordOf(user)])),
      },
    });
    await createTopics(broker.brokers, topics, 3);
    await allowAsTheManifestsDo(broker.brokers);
    database = await testDatabase();
    await Promise.all([migrateEventStore(database.pool), migrateFeed(database.pool)]);
  }, 120_000);

  afterAll(async () => {
    for (const close of closings.reverse()) await close();
    broker?.kill();
    await database?.close();
    rmSync(directory, { recursive: true, force: true });
  }, 60_000);

  /** As the settings of a service say it. */
  const as = (user: string, more: Record<string, string> = {}): KafkaSecurity =>
    kafkaSecurityOf(
      kafkaConfig({
        KAFKA_TLS: 'on',
        KAFKA_TLS_CA_FILE: tls.caFile,
        KAFKA_SASL_MECHANISM: 'scram-sha-512',
        KAFKA_SASL_USERNAME: user,
        KAFKA_SASL_PASSWORD: passwordOf(user),
        ...more,
      }),
    );
  const sasl = (): string => broker.secured?.sasl ?? '';
  const feedOf = (service: string, brokers: string, security: KafkaSecurity) => {
    const store = createPostgresEventStore({ connectionString: database.url });
    const { log } = recordingLog();
    const pool = database.pool;
    const feed = createKafkaFeed({ brokers, security, store, database: pool, log, clientId: service });
    closings.push(
      () => store.close(),
      () => feed.close(),
    );
    return { store, log, feed };
  };

  it('carries a case from one service’s relay to another’s consumer, each as its own user', async () => {
    const { store, log } = feedOf('intake', sasl(), as('kafka-intake'));
    const security = as('kafka-intake');
    const relay = await startRelay({
      service: 'intake',
      store,
      database: database.pool,
      brokers: sasl(),
      security,
      log,
    });
    closings.push(() => relay.stop());
    const { feed } = feedOf('routing', sasl(), as('kafka-routing'));
    const seen: string[] = [];
    await feed.subscribe({
      consumer: 'routing.case-registered',
      topics: ['case.intake'],
      handle: (message) => Promise.resolve(void seen.push(message.subject)),
    });
    const caseId = caseNumber(1);
    await happen(store, caseId, 'CaseOpened', 'RequiredFieldsMissing');
    await eventually(() => seen.includes(caseId), { deadlineMs: 30_000, what: 'the message' });
  }, 60_000);

  it.each([
    ['plain', () => as('kafka-bootstrap', { KAFKA_SASL_MECHANISM: 'plain' }), sasl],
    ['scram-sha-512', () => as('kafka-bootstrap'), sasl],
    [
      'a certificate',
      () =>
        kafkaSecurityOf(
          kafkaConfig({
            KAFKA_TLS: 'on',
            KAFKA_TLS_CA_FILE: tls.caFile,
            KAFKA_TLS_CERT_FILE: tls.agencies['kafka-history']?.certFile ?? '',
            KAFKA_TLS_KEY_FILE: tls.agencies['kafka-history']?.keyFile ?? '',
          }),
        ),
      () => broker.secured?.mutualTls ?? '',
    ],
  ] as const)('lets the bootstrap look at the topics with %s', async (_, security, brokers) => {
    await createTopics(brokers(), topics, 3, security());
  });

  it.each([
    ['another password', () => ({ ...as('kafka-intake', { KAFKA_SASL_PASSWORD: 'wrong' }) })],
    ['no user', () => ({ tls: as('kafka-intake').tls ?? {} })],
    ['an authority that it does not know', () => ({ ...as('kafka-intake'), tls: {} })],
    ['no TLS', () => ({ sasl: as('kafka-intake').sasl! })],
  ] as const)('refuses %s', async (_, security: () => KafkaSecurity) => {
    await expect(asClient(sasl(), security()).listTopics()).rejects.toThrow();
  });

  it('lets a service write its own topic and no other, and read with its own groups alone', async () => {
    const write = (topic: string) => asClient(sasl(), as('kafka-routing')).write(topic);
    await write('case.routing');
    await expect(write('case.intake')).rejects.toMatchObject({ type: 'TOPIC_AUTHORIZATION_FAILED' });
    const joinAs = (groupId: string) => asClient(sasl(), as('kafka-routing')).join(groupId, 'case.intake');
    await joinAs('routing.specification');
    // The library names no reason when it may not even ask for the group's coordinator.
    await expect(joinAs('dispatch.second-line')).rejects.toMatchObject({
      name: 'KafkaJSGroupCoordinatorNotFound',
    });
    await expect(asClient(sasl(), as('kafka-history')).write('case.routing')).rejects.toMatchObject({
      type: 'TOPIC_AUTHORIZATION_FAILED',
    });
  }, 60_000);
});

/** A client of the library itself, which neither retries nor waits. */
function asClient(brokers: string, { tls, sasl }: KafkaSecurity) {
  const kafka = new Kafka({
    brokers: [brokers],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 3_000,
    retry: { retries: 0 },
    ...(tls === undefined ? {} : { ssl: { ...tls } }),
    ...(sasl === undefined ? {} : { sasl: sasl as never }),
  });
  return {
    async listTopics(): Promise<readonly string[]> {
      const admin = kafka.admin();
      try {
        await admin.connect();
        return await admin.listTopics();
      } finally {
        await admin.disconnect();
      }
    },
    async write(topic: string): Promise<void> {
      const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
      try {
        await producer.connect();
        await producer.send({ topic, messages: [{ key: 'spec', value: '{}' }] });
      } finally {
        await producer.disconnect();
      }
    },
    async join(groupId: string, topic: string): Promise<void> {
      const consumer = kafka.consumer({
        groupId,
        retry: { retries: 0, restartOnFailure: () => Promise.resolve(false) },
      });
      try {
        await consumer.connect();
        await consumer.subscribe({ topic });
        await new Promise<void>((joined, refused) => {
          consumer.on('consumer.group_join', () => joined());
          consumer.on('consumer.crash', ({ payload }) => refused(causeOf(payload.error)));
          consumer.run({ eachMessage: () => Promise.resolve() }).catch(refused);
        });
      } finally {
        await consumer.disconnect();
      }
    },
  };
}

const causeOf = (error: Error & { cause?: unknown }): unknown => error.cause ?? error;

interface User {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly authorization: {
      readonly acls: readonly {
        readonly resource: { readonly type: string; readonly name: string; readonly patternType: string };
        readonly operations: readonly string[];
      }[];
    };
  };
}

/** What the operator does with the KafkaUsers of the country overlay. */
async function allowAsTheManifestsDo(brokers: string): Promise<void> {
  const file = join(__dirname, '../../../k8s/overlays/country/kafka-users.yaml');
  const manifests = parseAllDocuments(readFileSync(file, 'utf8')).map((doc) => doc.toJS() as User);
  expect(manifests.map(({ metadata }) => metadata.name).sort()).toEqual([...users].sort());
  const admin = new Kafka({ brokers: [brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.createAcls({
    acl: manifests.flatMap(({ metadata, spec }) =>
      spec.authorization.acls.flatMap(({ resource, operations }) =>
        operations.map((operation) => ({
          resourceType: AclResourceTypes[resource.type.toUpperCase() as keyof typeof AclResourceTypes],
          resourceName: resource.name,
          resourcePatternType:
            resource.patternType === 'prefix' ? ResourcePatternTypes.PREFIXED : ResourcePatternTypes.LITERAL,
          principal: `User:${metadata.name}`,
          host: '*',
          operation: AclOperationTypes[operation.toUpperCase() as keyof typeof AclOperationTypes],
          permissionType: AclPermissionTypes.ALLOW,
        })),
      ),
    ),
  });
  await admin.disconnect();
}
