import { Kafka, type KafkaConfig, type LogEntry, type SASLOptions, logLevel } from 'kafkajs';
import { type FeedLog } from '../feed-log';
import { type Brokers, brokerList } from './brokers';

/** How brokers are spoken to; absent parts: in clear, as nobody in particular. Texts are PEM. */
export interface KafkaSecurity {
  readonly tls?: {
    /** Authorities whose broker certificates are taken; absent: those that Node trusts. */
    readonly ca?: string;
    /** Ours, for brokers that ask for one, and its key: both or none. */
    readonly cert?: string;
    readonly key?: string;
  };
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  };
}

/** The library's own words for it. A broker's certificate is always checked, also against its name. */
export function securityConfig({ tls, sasl }: KafkaSecurity = {}): Pick<KafkaConfig, 'ssl' | 'sasl'> {
  return {
    ...(tls === undefined ? {} : { ssl: { ...tls, rejectUnauthorized: true } }),
    ...(sasl === undefined ? {} : { sasl: sasl as SASLOptions }),
  };
}

export interface KafkaClientOptions {
  readonly brokers: Brokers;
  readonly security?: KafkaSecurity | undefined;
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
  security,
  clientId,
  log,
  requestTimeout,
  retries,
}: KafkaClientOptions): Kafka {
  // The library asks for it on every start otherwise; the partitioner is chosen explicitly where we produce.
  return new Kafka({
    clientId,
    brokers: brokerList(brokers),
    ...securityConfig(security),
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
