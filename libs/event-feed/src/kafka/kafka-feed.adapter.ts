import { type EventStore } from '@balagh/event-store';
import { type Admin } from 'kafkajs';
import { type Pool } from 'pg';
import { type ConsumerLimits } from '../delivery/case-consumer';
import { checkSubscription } from '../delivery/incoming';
import { type EventFeed } from '../event-feed.port';
import { type FeedLog } from '../feed-log';
import { createPostgresProgress } from '../progress/postgres-progress.adapter';
import { type KafkaSecurity, createKafkaClient } from './kafka-client';
import { KafkaSubscription } from './kafka-subscription';
import { type Brokers } from './brokers';

export interface KafkaFeedOptions extends ConsumerLimits {
  /** `host:port` list; the topics must exist (`createTopics`), with the same number of partitions each. */
  readonly brokers: Brokers;
  readonly security?: KafkaSecurity | undefined;
  /** For redrives only. */
  readonly store: EventStore;
  /** The service's own schema, with the tables of `migrateFeed`. */
  readonly database: Pool;
  readonly log: FeedLog;
  readonly clientId: string;
  /** Put before topic and group names: several installations on one cluster. Default: none. */
  readonly prefix?: string;
}

/**
 * Published events over Kafka: the consumer's name is its group. `subscribe` returns before the group is joined; a
 * missing broker or topic pauses the consumer like any retriable fault.
 */
export function createKafkaFeed({
  brokers,
  security,
  store,
  database,
  log,
  clientId,
  prefix = '',
  ...limits
}: KafkaFeedOptions): EventFeed {
  const kafka = createKafkaClient({ brokers, security, clientId, log, requestTimeout: 30_000, retries: 5 });
  const lags = new GroupLags(() =>
    createKafkaClient({ brokers, security, clientId, log, requestTimeout: 3_000, retries: 3 }).admin(),
  );
  const running = new Map<string, KafkaSubscription>();
  return {
    subscribe: async (subscription) => {
      checkSubscription(subscription);
      const { consumer } = subscription;
      if (running.has(consumer)) throw new Error(`${consumer} is subscribed already`);
      const progress = createPostgresProgress(database, consumer);
      const started = new KafkaSubscription({ subscription, progress, store, log }, kafka, prefix, limits);
      running.set(consumer, started);
      return {
        stop: async () => {
          await started.stop();
          if (running.get(consumer) === started) running.delete(consumer);
        },
        lag: () =>
          lags.of(
            `${prefix}${consumer}`,
            subscription.topics.map((topic) => `${prefix}${topic}`),
          ),
        parked: () => progress.parked(),
        redrive: (caseId) => started.redrive(caseId),
      };
    },
    close: async () => {
      await Promise.all([...running.values()].map((subscription) => subscription.stop()));
      running.clear();
      await lags.close();
    },
  };
}

/** Asks the brokers how far a group is; connects at the first question. */
class GroupLags {
  private connection: Promise<Admin> | undefined;

  constructor(private readonly create: () => Admin) {}

  /** Messages of all partitions after the group's committed offsets, whichever replica owns them. */
  async of(groupId: string, topics: readonly string[]): Promise<number> {
    try {
      const admin = await this.connected();
      const committed = await admin.fetchOffsets({ groupId, topics: [...topics] });
      const lags = await Promise.all(
        committed.map(async ({ topic, partitions }) => {
          const next = new Map(partitions.map((p) => [p.partition, BigInt(p.offset)]));
          const ends = await admin.fetchTopicOffsets(topic);
          return ends.reduce((sum, { partition, high, low }) => {
            const from = next.get(partition) ?? -1n;
            return sum + BigInt(high) - (from < 0n ? BigInt(low) : from);
          }, 0n);
        }),
      );
      return Number(lags.reduce((sum, lag) => sum + lag, 0n));
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const { connection } = this;
    this.connection = undefined;
    await connection?.then((admin) => admin.disconnect()).catch(() => undefined);
  }

  private connected(): Promise<Admin> {
    return (this.connection ??= this.connect());
  }

  private async connect(): Promise<Admin> {
    const admin = this.create();
    await admin.connect();
    return admin;
  }
}
