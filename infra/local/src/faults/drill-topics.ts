import { topics } from '@balagh/case-events';
import { type EachMessagePayload, Kafka, Partitioners, type RecordMetadata, logLevel } from 'kafkajs';
import { type Chance } from './random';
import { pause } from './waiting';

const readForMs = 4_000;
const mostRepeated = 300;
const unreadable = '{ not a message';

const client = (brokers: string): Kafka =>
  new Kafka({
    clientId: 'fault-drill',
    brokers: brokers.split(','),
    logLevel: logLevel.NOTHING,
    retry: { retries: 10, initialRetryTime: 100 },
  });

interface Seen {
  readonly topic: string;
  readonly key: string;
  readonly value: string;
}

/**
 * Produces messages that are on the topics once more, as a relay does after a take-over. Cases in any order; messages of
 * one case and topic keep theirs, which is what the relay guarantees. @returns how many
 */
export async function duplicateOnTopics(brokers: string, chance: Chance): Promise<number> {
  const seen: Seen[] = [];
  const reader = client(brokers).consumer({ groupId: `fault-drill-${Date.now()}`, maxWaitTimeInMs: 50 });
  await reader.connect();
  await reader.subscribe({ topics: [...topics], fromBeginning: true });
  await reader.run({
    eachMessage: async ({ topic, message }: EachMessagePayload) => {
      const [key, value] = [message.key?.toString(), message.value?.toString()];
      if (key !== undefined && value !== undefined && value !== unreadable) seen.push({ topic, key, value });
    },
  });
  await pause(readForMs);
  await reader.disconnect();
  const cases = chance.shuffled([...new Set(seen.map(({ key }) => key))]);
  const again = cases.flatMap((key) => seen.filter((one) => one.key === key)).slice(0, mostRepeated);
  for (const { topic, key, value } of again) await produce(brokers, topic, key, value);
  await closeProducer();
  return again.length;
}

/** Where a message lies on its topic. */
export interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/** A message that nobody can read, with the key of a real case. @returns where it lies */
export async function produceUnreadable(brokers: string, topic: string, caseId: string): Promise<Place> {
  const [written] = await produce(brokers, topic, caseId, unreadable);
  await closeProducer();
  if (written?.baseOffset === undefined) throw new Error('the broker did not say where the message lies');
  return { topic, partition: written.partition, offset: BigInt(written.baseOffset) };
}

/** Those of the groups that read the topic and have not yet committed an offset after this message. */
export async function groupsBefore(
  brokers: string,
  { topic, partition, offset }: Place,
  groups: readonly string[],
): Promise<string[]> {
  const admin = client(brokers).admin();
  await admin.connect();
  try {
    const places = await Promise.all(
      groups.map(async (groupId) => {
        const [committed] = await admin.fetchOffsets({ groupId, topics: [topic] });
        const offsets = (committed?.partitions ?? []).map((p) => [p.partition, BigInt(p.offset)] as const);
        const reads = offsets.some(([, next]) => next >= 0n);
        const next = offsets.find(([number]) => number === partition)?.[1] ?? -1n;
        return { groupId, before: reads && next <= offset };
      }),
    );
    return places.filter(({ before }) => before).map(({ groupId }) => groupId);
  } finally {
    await admin.disconnect();
  }
}

let producer: ReturnType<Kafka['producer']> | undefined;

async function produce(
  brokers: string,
  topic: string,
  key: string,
  value: string,
): Promise<RecordMetadata[]> {
  if (producer === undefined) {
    producer = client(brokers).producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();
  }
  return producer.send({ topic, messages: [{ key, value }] });
}

async function closeProducer(): Promise<void> {
  await producer?.disconnect();
  producer = undefined;
}
