import { eventFeedContract } from '../../../libs/event-feed/spec/event-feed.contract';
import { parkedCasesContract } from '../../../libs/event-feed/spec/parked-cases.contract';
import { kafkaBench } from './kafka-bench';
import { kafkaForTests, kafkaMissing } from './kafka-for-tests';

if (kafkaMissing !== undefined) {
  it(`not run: ${kafkaMissing}`, () => expect(process.env['CI']).not.toBe('true'));
} else {
  jest.setTimeout(60_000);
  beforeAll(async () => {
    await kafkaForTests();
  });
  afterAll(async () => {
    await (await kafkaForTests()).stop();
  });

  eventFeedContract(
    'the Kafka feed',
    async (options) => kafkaBench((await kafkaForTests()).brokers, options),
    { replicas: true },
  );
  parkedCasesContract(
    'the Kafka feed',
    async (options) => kafkaBench((await kafkaForTests()).brokers, options),
    { replicas: true },
  );
}
