import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type KafkaBroker, startKafkaBroker } from '../../local/src/kafka/kafka-broker';
import { missingForKafka } from '../../local/src/kafka/kafka-jars';

const external = process.env['BALAGH_TEST_KAFKA_BROKERS'];

/**
 * Why no suite can have a broker here, or undefined. A suite that cannot run declares one test
 * `not run: <why>`, which fails on continuous integration.
 */
export const kafkaMissing: string | undefined = external === undefined ? missingForKafka() : undefined;

export interface KafkaForTests {
  readonly brokers: string;
  /** Only of a broker of our own. */
  stop(): Promise<void>;
}

let started: Promise<KafkaForTests> | undefined;

/** One broker per suite, started at the first call: `BALAGH_TEST_KAFKA_BROKERS`, or a real one thrown away in `stop`. */
export function kafkaForTests(): Promise<KafkaForTests> {
  started ??=
    external === undefined ? startOwn() : Promise.resolve({ brokers: external, stop: async () => undefined });
  return started;
}

async function startOwn(): Promise<KafkaForTests> {
  const directory = mkdtempSync(join(tmpdir(), 'balagh-kafka-'));
  const broker: KafkaBroker = await startKafkaBroker({
    dataDir: join(directory, 'data'),
    logFile: join(directory, 'broker.log'),
  });
  return {
    brokers: broker.brokers,
    stop: async () => {
      // Nothing is kept: no orderly shutdown.
      broker.kill();
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
