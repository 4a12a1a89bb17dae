import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PublishedEvent } from '@balagh/case-events';
import { type Subscription } from '@balagh/event-feed';
import { type KafkaMessage, Kafka, Partitioners, logLevel } from 'kafkajs';
import { startKafkaBroker } from '../../local/src/kafka/kafka-broker';
import { caseNumber, happen } from '../../../libs/event-feed/spec/case-story';
import { type KafkaBench, kafkaBench } from './kafka-bench';
import { kafkaForTests, kafkaMissing } from './kafka-for-tests';

const A = caseNumber(1);
const B = caseNumber(2);

const client = (brokers: string): Kafka =>
  new Kafka({ brokers: [brokers], logLevel: logLevel.NOTHING, retry: { initialRetryTime: 50, retries: 10 } });

/** Reads a topic from its beginning, as a stranger would. */
async function readTopic(
  brokers: string,
  topic: string,
): Promise<{ readonly messages: KafkaMessage[]; stop(): Promise<void> }> {
  const messages: KafkaMessage[] = [];
  const consumer = client(brokers).consumer({ groupId: `${topic}.reader`, maxWaitTimeInMs: 50 });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({ eachMessage: async ({ message }) => void messages.push(message) });
  return { messages, stop: () => consumer.disconnect() };
}

const read = (message: KafkaMessage): PublishedEvent =>
  JSON.parse(message.value?.toString() ?? 'null') as PublishedEvent;

/** Revisions of a case as they first appear. */
const firstOccurrences = (messages: readonly KafkaMessage[], caseId: string): number[] => [
  ...new Set(
    messages
      .map(read)
      .filter((m) => m.subject === caseId)
      .map((m) => m.caserevision),
  ),
];

async function produce(
  brokers: string,
  topic: string,
  messages: { key: string | null; value: string }[],
): Promise<void> {
  const producer = client(brokers).producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  await producer.send({ topic, messages });
  await producer.disconnect();
}

/** Forgets the offsets of a group without members: everything comes again. */
async function fromTheBeginning(brokers: string, groupId: string, topic: string): Promise<void> {
  const admin = client(brokers).admin();
  await admin.connect();
  await admin.resetOffsets({ groupId, topic, earliest: true });
  await admin.disconnect();
}

describe('published events over Kafka', () => {
  if (kafkaMissing !== undefined) {
    it(`not run: ${kafkaMissing}`, () => expect(process.env['CI']).not.toBe('true'));
    return;
  }
  jest.setTimeout(90_000);
  let brokers: string;
  let bench: KafkaBench;
  const closing: (() => Promise<void>)[] = [];
  const closed = <T extends { stop(): Promise<void> }>(opened: T): T => {
    closing.unshift(() => opened.stop());
    return opened;
  };

  beforeAll(async () => {
    ({ brokers } = await kafkaForTests());
  });
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
    await bench.close();
  });
  afterAll(async () => {
    await (await kafkaForTests()).stop();
  });

  it('carries the published contract, keyed by case, and nothing that only the store may hold', async () => {
    bench = await kafkaBench(brokers);
    const { messages } = closed(await readTopic(brokers, `${bench.prefix}case.intake`));
    await happen(bench.store, A, 'CaseOpened', 'FormFilled', 'RequiredFieldsMissing', 'JurisdictionAssessed');
    await bench.until(() => messages.length >= 2);
    await bench.settle();
    expect(messages.map((m) => m.key?.toString())).toEqual([A, A]);
    expect(messages.map(read)).toMatchObject([
      {
        specversion: '1.0',
        type: 'balagh.case.v1.CaseOpened',
        subject: A,
        caserevision: 0,
        data: { channel: 'PHONE' },
      },
      { type: 'balagh.case.v1.RequiredFieldsMissing', caserevision: 2, data: { attempt: 1 } },
    ]);
    expect(Object.keys(messages.map(read)[0]?.data ?? {})).toEqual(['channel']);
  });

  it('goes on from the relay’s checkpoint: a restart does not publish the past again', async () => {
    bench = await kafkaBench(brokers, { relays: false });
    const { messages } = closed(await readTopic(brokers, `${bench.prefix}case.intake`));
    const relay = await bench.relay('intake');
    await happen(bench.store, A, 'CaseOpened', 'RequiredFieldsMissing');
    await bench.until(() => messages.length >= 2);
    await relay.stop();
    await happen(bench.store, A, 'RequiredFieldsMissing');
    await bench.relay('intake');
    await bench.until(() => messages.length >= 3);
    await bench.settle();
    expect(messages.map((m) => read(m).caserevision)).toEqual([0, 1, 2]);
  });

  it('has one relay per service; a successor takes over at once and never changes the order', async () => {
    bench = await kafkaBench(brokers, { relays: false });
    const { messages } = closed(await readTopic(brokers, `${bench.prefix}case.intake`));
    const first = await bench.relay('intake');
    await bench.until(() => bench.logged.includes('feed.relay.leading'));
    await bench.relay('intake');
    const leading = () => bench.logged.filter((event) => event === 'feed.relay.leading').length;
    const more = async (): Promise<void> => {
      for (let n = 0; n < 30; n += 1) await happen(bench.store, A, 'RequiredFieldsMissing');
    };
    await happen(bench.store, A, 'CaseOpened');
    await more();
    await bench.until(() => messages.length >= 10);
    expect(leading()).toBe(1);
    await Promise.all([more(), first.stop()]);
    await bench.until(() => firstOccurrences(messages, A).length === 61);
    expect(firstOccurrences(messages, A)).toEqual(Array.from({ length: 61 }, (_, n) => n));
    await bench.until(() => leading() === 2);
  });

  it('waits until the lease of a relay that died has run out', async () => {
    bench = await kafkaBench(brokers, { relays: false });
    const died = performance.now();
    await bench.database.pool.query(
      `insert into relay_lease values ('intake', 'a process that died', now() + interval '1500 milliseconds')`,
    );
    await bench.relay('intake');
    await happen(bench.store, A, 'CaseOpened');
    const { messages } = closed(await readTopic(brokers, `${bench.prefix}case.intake`));
    await bench.until(() => messages.length === 1);
    expect(performance.now() - died).toBeGreaterThan(1_500);
  });

  it('parks the case of a message that breaks the contract, and keeps one without a case for the operator', async () => {
    bench = await kafkaBench(brokers);
    const handled: string[] = [];
    const feed = bench.replica();
    closing.unshift(() => feed.close());
    const running = await feed.subscribe({
      consumer: 'routing.specification',
      topics: ['case.intake', 'case.dispatch'],
      handle: async ({ subject, caserevision }) => void handled.push(`${subject} ${caserevision}`),
    });
    const topic = `${bench.prefix}case.intake`;
    await produce(brokers, topic, [
      { key: A, value: '{"type":"balagh.case.v1.CaseOpened","caserevision":0}' },
    ]);
    await produce(brokers, topic, [{ key: null, value: 'not a message' }]);
    await bench.until(async () => (await running.parked()).length === 2);
    await happen(bench.store, A, 'CaseOpened', 'FieldTeamSent');
    await happen(bench.store, B, 'CaseOpened');
    await bench.until(() => handled.includes(`${B} 0`));
    await bench.settle();
    expect(handled).toEqual([`${B} 0`]);
    const parked = await running.parked();
    expect(
      parked
        .map(({ caseId, reason, revision }) => [caseId.replace(/\/\d+\/\d+$/, '/…'), reason, revision])
        .sort(),
    ).toEqual(
      [
        [A, 'MESSAGE_INVALID', 0],
        [`${bench.prefix}case.intake/…`, 'MESSAGE_UNREADABLE', -1],
      ].sort(),
    );
    for (const { caseId } of parked) await running.redrive(caseId);
    expect(handled).toEqual([`${B} 0`, `${A} 0`, `${A} 1`]);
    expect(await running.parked()).toEqual([]);
  });

  it('parks a broken message once, also when the broker brings it again after the redrive', async () => {
    bench = await kafkaBench(brokers);
    const handled: string[] = [];
    const feed = bench.replica();
    closing.unshift(() => feed.close());
    const subscription: Subscription = {
      consumer: 'routing.specification',
      topics: ['case.intake'],
      handle: async ({ subject, caserevision }) => void handled.push(`${subject} ${caserevision}`),
    };
    const topic = `${bench.prefix}case.intake`;
    const before = await feed.subscribe(subscription);
    await produce(brokers, topic, [{ key: A, value: 'not a message' }]);
    await bench.until(async () => (await before.parked()).length === 1);
    await before.redrive(A);
    await before.stop();
    await fromTheBeginning(brokers, `${bench.prefix}routing.specification`, topic);
    const after = await feed.subscribe(subscription);
    await happen(bench.store, A, 'CaseOpened');
    await bench.until(() => handled.length > 0);
    await bench.until(async () => (await after.lag()) === 0);
    expect(handled).toEqual([`${A} 0`]);
    expect(await after.parked()).toEqual([]);
    expect(bench.logged.filter((event) => event === 'feed.case.parked')).toHaveLength(1);

    await produce(brokers, topic, [{ key: A, value: 'not a message' }]);
    await bench.until(async () => (await after.parked()).length === 1);
  });
});

describe('a broker that goes away', () => {
  if (kafkaMissing !== undefined || process.env['BALAGH_TEST_KAFKA_BROKERS'] !== undefined) {
    it(`not run: ${kafkaMissing ?? 'the broker is not ours to stop'}`, () =>
      expect(process.env['CI']).not.toBe('true'));
    return;
  }
  it('pauses relay and consumers, and nothing is lost or out of order when it is back', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'balagh-kafka-'));
    const options = { dataDir: join(directory, 'data'), logFile: join(directory, 'broker.log') };
    let broker = await startKafkaBroker(options);
    const bench = await kafkaBench(broker.brokers);
    try {
      const handled: number[] = [];
      const feed = bench.replica();
      await feed.subscribe({
        consumer: 'routing.specification',
        topics: ['case.intake'],
        handle: async ({ caserevision }) => void handled.push(caserevision),
      });
      await happen(bench.store, A, 'CaseOpened', 'RequiredFieldsMissing');
      await bench.until(() => handled.length === 2);
      broker.kill();
      await happen(bench.store, A, 'RequiredFieldsMissing', 'RequiredFieldsMissing');
      await bench.until(() => bench.logged.includes('feed.relay.paused'));
      broker = await startKafkaBroker({ ...options, port: Number(broker.brokers.split(':')[1]) });
      await happen(bench.store, A, 'RequiredFieldsMissing');
      await bench.until(() => handled.length === 5);
      expect(handled).toEqual([0, 1, 2, 3, 4]);
      await feed.close();
    } finally {
      await bench.close();
      broker.kill();
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    }
  }, 120_000);
});
