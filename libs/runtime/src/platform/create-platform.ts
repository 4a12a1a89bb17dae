import { type Author, type StoredEvent, type Topic, topics } from '@balagh/case-events';
import {
  type EventFeed,
  createKafkaFeed,
  createStoreFeed,
  feedFaultsOf,
  migrateFeed,
  startRelay,
} from '@balagh/event-feed';
import { type EventStore, type RecordedEvent, createStreams, openEventStore } from '@balagh/event-store';
import { type Privacy, createFileKeyEncryption, createPrivacy } from '@balagh/privacy';
import { createProfiles } from '@balagh/profile';
import { type Logger } from 'pino';
import { type Pool } from 'pg';
import { type Clock, systemClock } from '../clock';
import { kafkaSecurityOf } from '../config/kafka-config';
import { type ServiceConfig } from '../config/service-config';
import { tablesOpenedAt } from '../database/open-tables';
import { inTime } from '../in-time';
import { createLog } from '../logging/log';
import { measureStore, observeConsumers } from '../telemetry/instruments';
import { type Telemetry } from '../telemetry/telemetry';
import { traceStreams } from '../telemetry/traced-streams';
import { type HealthReport, type RunningPlatform } from './platform';
import { createPool } from './pools';
import { type TrackedFeed, trackFeed } from './tracked-feed';
import { privacyWithoutKeys, readOnlyStreams } from './without-rights';

export interface PlatformOptions {
  readonly service: string;
  /** Whose event types this service writes; absent: it writes none. */
  readonly author?: Author;
  readonly config: ServiceConfig;
  readonly clock?: Clock;
  readonly log?: Logger;
  /** The process's telemetry, if it was started. */
  readonly telemetry?: Telemetry;
}

type Closing = () => Promise<unknown>;

/**
 * Opens pools, event store, keys, profiles and feed for one process. With FEED=kafka the service's relay runs here too, if
 * the service has a topic. Whatever was opened is closed again when a later step fails.
 */
export async function createPlatform(options: PlatformOptions): Promise<RunningPlatform> {
  const { service, config, clock = systemClock } = options;
  const log =
    options.log ??
    createLog({
      service,
      level: config.LOG_LEVEL,
      errorMessages: config.BALAGH_MODE === 'demo',
      copyTo: options.telemetry?.logs,
    });
  const closings: Closing[] = [];
  const open = (purpose: string, url: string, max: number): Pool => {
    const pool = createPool({ url, max, applicationName: `balagh-${service}-${purpose}` }, log);
    closings.unshift(() => pool.end());
    return pool;
  };
  try {
    const database = open('own', config.DATABASE_URL, 8);
    await migrateFeed(database);
    const eventStore = measureStore(storeOf(service, config));
    closings.unshift(() => eventStore.close());
    const now = (): string => clock.now().toISOString();
    const privacy = await openPrivacy(config, (url) => open('keys', url, 4));
    const streams =
      options.author === undefined
        ? readOnlyStreams(eventStore, now)
        : traceStreams(createStreams(eventStore, { author: options.author, now }));
    const learn = (event: RecordedEvent): StoredEvent | undefined => streams.learn(event);
    const feed = await openFeed(options, { database, eventStore, learn, log }, closings);
    observeConsumers(() => feed.consumers());
    const { stopFeed, close } = closingOf(feed, closings, log);
    return {
      service,
      clock,
      log,
      config,
      database,
      eventStore,
      streams,
      feed,
      privacy,
      profiles: createProfiles({ store: eventStore }),
      health: { check: () => checkHealth({ database, databaseUrl: config.DATABASE_URL, eventStore, feed }) },
      consumers: feed,
      stopFeed,
      close,
    };
  } catch (error) {
    await settleAll(closings, log);
    throw error;
  }
}

function storeOf(service: string, config: ServiceConfig): EventStore {
  return openEventStore({
    kind: config.EVENT_STORE,
    url: config.EVENT_STORE_URL ?? config.DATABASE_URL,
    applicationName: `balagh-${service}-store`,
  });
}

async function openPrivacy(config: ServiceConfig, open: (url: string) => Pool): Promise<Privacy> {
  if (config.KEYS_URL === undefined || config.KEK_FILE === undefined) return privacyWithoutKeys();
  return createPrivacy({
    pool: open(config.KEYS_URL),
    keyEncryption: await createFileKeyEncryption(config.KEK_FILE, { mode: config.BALAGH_MODE }),
  });
}

async function openFeed(
  { service, author, config, clock = systemClock }: PlatformOptions,
  on: {
    readonly database: Pool;
    readonly eventStore: EventStore;
    readonly learn: (event: RecordedEvent) => StoredEvent | undefined;
    readonly log: Logger;
  },
  closings: Closing[],
): Promise<TrackedFeed> {
  const { database, eventStore: store, learn, log } = on;
  const faults =
    config.FEED_FAULTS_FILE === undefined ? undefined : feedFaultsOf(config.FEED_FAULTS_FILE, { log });
  if (config.FEED === 'store') {
    return trackFeed(createStoreFeed({ store, database, log, learn, faults }), { feed: 'store', clock });
  }
  const brokers = config.KAFKA_BROKERS ?? '';
  const security = kafkaSecurityOf(config);
  const feed: EventFeed = createKafkaFeed({
    brokers,
    security,
    store,
    database,
    log,
    faults,
    clientId: `balagh-${service}`,
  });
  if (author !== undefined && topics.includes(`case.${author}` as Topic)) {
    const relay = await startRelay({ service: author, store, database, brokers, security, log });
    closings.unshift(() => relay.stop());
  }
  return trackFeed(feed, { feed: 'kafka', clock });
}

function closingOf(
  feed: TrackedFeed,
  closings: Closing[],
  log: Logger,
): Pick<RunningPlatform, 'stopFeed' | 'close'> {
  let feedStopped: Promise<void> | undefined;
  let closed: Promise<void> | undefined;
  const stopFeed = (): Promise<void> => (feedStopped ??= feed.close());
  closings.unshift(stopFeed);
  return { stopFeed, close: () => (closed ??= settleAll(closings, log)) };
}

/** In order: feed, relay, keys, store, own pool. One that fails does not keep the others open. */
async function settleAll(closings: readonly Closing[], log: Logger): Promise<void> {
  for (const closing of closings) {
    try {
      await closing();
    } catch (err) {
      log.warn({ event: 'platform.close.failed', err });
    }
  }
}

const healthDeadlineMs = 2_000;

async function checkHealth(asked: {
  readonly database: Pool;
  readonly databaseUrl: string;
  readonly eventStore: EventStore;
  readonly feed: TrackedFeed;
}): Promise<HealthReport> {
  const { database, eventStore, feed } = asked;
  const soon = <T>(work: Promise<T>): Promise<T> => inTime(work, healthDeadlineMs);
  const tables = tablesOpenedAt(asked.databaseUrl);
  const [own, events, consumers] = await Promise.allSettled([
    soon(Promise.all([database.query('select 1'), ...tables.map((pool) => pool.query('select 1'))])),
    soon(eventStore.readStream('readiness-probe', { limit: 1, deadlineMs: healthDeadlineMs })),
    soon(feed.consumers()),
  ]);
  const known = consumers.status === 'fulfilled' ? consumers.value : {};
  const lagKnown =
    consumers.status === 'fulfilled' && Object.values(known).every((consumer) => consumer.lag !== null);
  return {
    ready: own.status === 'fulfilled' && events.status === 'fulfilled',
    database: own.status === 'fulfilled' ? 'up' : 'down',
    eventStore: events.status === 'fulfilled' ? 'up' : 'down',
    feed: lagKnown ? 'up' : 'down',
    consumers: known,
  };
}
