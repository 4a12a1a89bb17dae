import {
  type Admin,
  Kafka,
  type ITopicConfig,
  KafkaJSAggregateError,
  KafkaJSProtocolError,
  logLevel,
} from 'kafkajs';
import { type KafkaSecurity, securityConfig } from './kafka-client';
import { type Brokers, brokerList } from './brokers';

/** Partitions of every topic: equal on all, so that a case has the same partition number everywhere. */
export const defaultPartitions = 12;

/** Makes the topics that do not exist yet; safe to repeat and to race. @throws when no broker answers */
export async function createTopics(
  brokers: Brokers,
  topics: readonly string[],
  partitions: number = defaultPartitions,
  security?: KafkaSecurity,
): Promise<void> {
  await withAdmin({ brokers, security, retries: 10 }, async (admin) => {
    const existing = new Set(await admin.listTopics());
    const missing = topics.filter((topic) => !existing.has(topic));
    if (missing.length === 0) return;
    const configuration: ITopicConfig[] = missing.map((topic) => ({ topic, numPartitions: partitions }));
    try {
      await admin.createTopics({ topics: configuration, waitForLeaders: true });
    } catch (error) {
      if (!isAlreadyThere(error)) throw error;
    }
  });
}

/** Whether a broker answers and takes part in a cluster with a controller; for readiness. */
export async function brokerIsReady(brokers: Brokers): Promise<boolean> {
  try {
    return await withAdmin({ brokers, security: undefined, retries: 0 }, async (admin) => {
      const cluster = await admin.describeCluster();
      return cluster.controller !== null && cluster.brokers.length > 0;
    });
  } catch {
    return false;
  }
}

interface AdminOptions {
  readonly brokers: Brokers;
  readonly security: KafkaSecurity | undefined;
  readonly retries: number;
}

async function withAdmin<T>(
  { brokers, security, retries }: AdminOptions,
  use: (admin: Admin) => Promise<T>,
): Promise<T> {
  const admin = new Kafka({
    clientId: 'balagh-topics',
    brokers: brokerList(brokers),
    ...securityConfig(security),
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1_000,
    requestTimeout: 10_000,
    retry: { retries, initialRetryTime: 50, maxRetryTime: 1_000 },
  }).admin();
  try {
    await admin.connect();
    return await use(admin);
  } finally {
    await admin.disconnect();
  }
}

function isAlreadyThere(error: unknown): boolean {
  if (error instanceof KafkaJSAggregateError) return error.errors.every(isAlreadyThere);
  return error instanceof KafkaJSProtocolError && error.type === 'TOPIC_ALREADY_EXISTS';
}
