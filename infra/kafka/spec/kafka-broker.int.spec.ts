import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brokerIsReady, createTopics } from '@balagh/event-feed';
import { Kafka, logLevel } from 'kafkajs';
import { type KafkaBroker, startKafkaBroker } from '../../local/src/kafka/kafka-broker';
import { missingForKafka } from '../../local/src/kafka/kafka-jars';

const why = missingForKafka();

describe('the local Kafka broker', () => {
  if (why !== undefined) {
    it(`not run: ${why}`, () => expect(process.env['CI']).not.toBe('true'));
    return;
  }
  const directory = mkdtempSync(join(tmpdir(), 'balagh-broker-'));
  const options = { dataDir: join(directory, 'data'), logFile: join(directory, 'broker.log') };
  let running: KafkaBroker | undefined;

  afterAll(() => {
    running?.kill();
    rmSync(directory, { recursive: true, force: true });
  });

  const admin = async (brokers: string) => {
    const client = new Kafka({ brokers: [brokers], logLevel: logLevel.NOTHING }).admin();
    await client.connect();
    return client;
  };

  it('keeps its topics over a restart, and a start on the same directory stops the broker left behind', async () => {
    const first = await startKafkaBroker(options);
    await createTopics(first.brokers, ['case.intake', 'case.routing'], 3);
    await createTopics(first.brokers, ['case.intake', 'case.routing', 'case.dispatch'], 3);
    await first.stop();
    expect(await brokerIsReady(first.brokers)).toBe(false);

    const leftBehind = await startKafkaBroker(options);
    running = await startKafkaBroker(options);
    expect(await brokerIsReady(leftBehind.brokers)).toBe(false);

    const client = await admin(running.brokers);
    const { topics } = await client.fetchTopicMetadata({
      topics: ['case.intake', 'case.routing', 'case.dispatch'],
    });
    expect(topics.map((t) => [t.name, t.partitions.length]).sort()).toEqual([
      ['case.dispatch', 3],
      ['case.intake', 3],
      ['case.routing', 3],
    ]);
    await client.disconnect();
    await running.stop();
    expect(await brokerIsReady(running.brokers)).toBe(false);
  }, 120_000);
});
