import { Kafka, type LogEntry, logLevel } from 'kafkajs';
import { type FeedLog } from '../feed-log';
import { type Brokers, brokerList } from './kafka-topics';

export interface KafkaClientOptions {
  readonly brokers: Brokers;
  readonly clientId: string;
  readonly log: FeedLog;
  /** Milliseconds until a request counts as unanswered. */
  readonly requestTimeout: number;
  /** Attempts of the client library itself after the first. */
  readonly retries: number;
}

/** A client whose own log lines become debug lines: what matters to operators is logged by the feed under its own events. */
export function createKafkaClient({
  brokers,
  clientId,
  log,
  requestTimeout,
  retries,
}: KafkaClientOptions): Kafka {
  // The library asks for it on every start otherwise; the partitioner is chosen explicitly where we produce.
  return new Kafka({
    clientId,
    brokers: brokerList(brokers),
    connectionTimeout: 3_000,
    requestTimeout,
    retry: { retries, initialRetryTime: 100, maxRetryTime: 5_000 },
    logLevel: logLevel.WARN,
    logCreator: () => (entry: LogEntry) => {
      const { message, broker, groupId } = entry.log as {
        message: string;
        broker?: string;
        groupId?: string;
      };
      log.debug({ event: 'feed.kafka.client', client: entry.namespace, broker, groupId }, message);
    },
  });
}
