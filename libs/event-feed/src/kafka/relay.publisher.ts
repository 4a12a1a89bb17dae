import {
  type Author,
  type CaseEventType,
  definitionOf,
  publishedFields,
  typesAuthoredBy,
} from '@balagh/case-events';
import { type EventStore, type Position, START, type SubscriptionItem } from '@balagh/event-store';
import { type Message, Partitioners, type Producer } from 'kafkajs';
import { type Pool } from 'pg';
import { backOffMs, pause, within } from '../delivery/back-off';
import { failingReads } from '../delivery/failing-reads';
import { faultCode } from '../delivery/fault';
import { savePeriodically } from '../delivery/save-periodically';
import { type FeedLog } from '../feed-log';
import { type KafkaSecurity, createKafkaClient } from './kafka-client';
import { type Brokers } from './brokers';
import { RelayBatches } from './relay-batches';
import { RelayLease, relayLease } from './relay-lease';
import { publishedMessage, unusableMessage } from './relay-message';

export interface RelayOptions {
  /** Whose event types are published, on topic `case.<service>`. */
  readonly service: Author;
  readonly store: EventStore;
  /** The service's own schema, with the tables of `migrateFeed`. */
  readonly database: Pool;
  readonly brokers: Brokers;
  readonly security?: KafkaSecurity | undefined;
  readonly log: FeedLog;
  /** Put before the topic's name; the same as the feed's. */
  readonly prefix?: string;
}

export interface Relay {
  /** Prompt: the request under way is answered, progress saved, the lease given back. */
  stop(): Promise<void>;
}

/** For one request, with connecting and looking up partitions; half of the lease. */
const answerWithinMs = relayLease.durationMs / 2;
const saveEveryMs = 200;

/**
 * Publishes a service's events to its topic, keyed by case id, in the order of the store. Per service one relay at a time;
 * one request is under way at a time, so retries and a take-over may repeat messages, but first occurrences never
 * change places. Missing brokers are retried with capped back-off.
 *
 * Returns when no relay of a version that publishes less can pass over anything any more: at once, or after the rest of that one's lease. The service
 * must not append anything before.
 * @throws the database's fault
 */
export async function startRelay(options: RelayOptions): Promise<Relay> {
  const stopping = new AbortController();
  const relay = new RunningRelay(options, stopping.signal);
  await relay.supersede();
  const ended = relay.run();
  return {
    stop: async () => {
      stopping.abort();
      await ended;
    },
  };
}

class RunningRelay {
  private readonly topic: string;
  private readonly types: readonly string[];
  private readonly lease: RelayLease;
  private published: Position | undefined;
  private failures = 0;

  constructor(
    private readonly options: RelayOptions,
    private readonly signal: AbortSignal,
  ) {
    const { service, database, log, prefix = '' } = options;
    this.topic = `${prefix}case.${service}`;
    this.types = typesAuthoredBy(service).filter(
      (type) => publishedFields[type as CaseEventType] !== undefined,
    );
    if (this.types.length === 0) throw new Error(`${service} publishes no events`);
    this.lease = new RelayLease(database, service, generationOf(this.types), log);
  }

  supersede(): Promise<void> {
    return this.lease.supersede();
  }

  async run(): Promise<void> {
    const { log, service } = this.options;
    while (await this.lease.acquire(this.signal)) {
      log.info({ event: 'feed.relay.leading', relay: service });
      try {
        await this.lead();
      } catch (err) {
        this.failures += 1;
        const retryInMs = backOffMs(this.failures);
        log.warn({
          event: 'feed.relay.paused',
          relay: service,
          failures: this.failures,
          retryInMs,
          code: faultCode(err),
          err,
        });
        await pause(retryInMs, this.signal);
      }
    }
    await this.lease.release();
  }

  /** Publishes until stopped or the lease is lost. */
  private async lead(): Promise<void> {
    this.published = undefined;
    const { log, brokers, security, service } = this.options;
    // No retries inside the library: between attempts the lease is looked at.
    const kafka = createKafkaClient({
      brokers,
      security,
      clientId: `balagh-relay-${service}`,
      log,
      requestTimeout: answerWithinMs,
      retries: 0,
    });
    const producer = kafka.producer({
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    const lost = new AbortController();
    const renewing = this.renewing(lost);
    const saving = savePeriodically(
      saveEveryMs,
      () => this.save(),
      (err) => {
        log.warn({ event: 'feed.checkpoint.not_saved', relay: service, err });
      },
    );
    try {
      await producer.connect();
      await this.publishAll(producer, AbortSignal.any([this.signal, lost.signal]));
    } finally {
      clearInterval(renewing);
      lost.abort();
      await saving.end();
      await within(
        answerWithinMs,
        producer.disconnect().catch(() => undefined),
      );
    }
  }

  private renewing(lost: AbortController): NodeJS.Timeout {
    return setInterval(() => {
      void this.lease.renew().then((held) => {
        if (!held && this.lease.left < answerWithinMs) lost.abort();
      });
    }, relayLease.renewEveryMs);
  }

  private async publishAll(producer: Producer, signal: AbortSignal): Promise<void> {
    const filter = { categories: ['case'], types: this.types };
    const { store, service, log } = this.options;
    const onRetry = failingReads(log, { event: 'feed.relay.paused', relay: service });
    const items = store.subscribe({ after: await this.checkpoint(), filter, signal, onRetry });
    const gathering = new RelayBatches(items, (item) => this.translate(item), signal);
    for (let batch = await gathering.next(); batch !== undefined; batch = await gathering.next()) {
      if (batch.messages.length > 0 && !(await this.send(producer, batch.messages, signal))) return;
      this.published = batch.end;
      this.failures = 0;
    }
  }

  /**
   * True when acknowledged by all in-sync replicas, false when given up by the signal.
   * @throws Unanswered: the connections must be closed before anything else is sent
   */
  private async send(
    producer: Producer,
    messages: readonly Message[],
    signal: AbortSignal,
  ): Promise<boolean> {
    const { log, service } = this.options;
    for (let failures = 0; !signal.aborted;) {
      try {
        if (this.lease.left < answerWithinMs) throw new LeaseTooShort();
        const request = producer.send({
          topic: this.topic,
          acks: -1,
          timeout: answerWithinMs,
          messages: [...messages],
        });
        if (!(await within(answerWithinMs, request))) throw new Unanswered();
        if (failures > 0) log.info({ event: 'feed.relay.resumed', relay: service });
        return true;
      } catch (err) {
        if (err instanceof Unanswered) throw err;
        failures += 1;
        const retryInMs = backOffMs(failures);
        log.warn({
          event: 'feed.relay.paused',
          relay: service,
          failures,
          retryInMs,
          code: faultCode(err),
          err,
        });
        await pause(retryInMs, signal);
      }
    }
    return false;
  }

  private translate(item: SubscriptionItem): Message | undefined {
    if (item.kind !== 'event') return undefined;
    const { stream, revision, type } = item.event;
    try {
      return publishedMessage(item.event);
    } catch (err) {
      this.options.log.error({
        event: 'feed.relay.event_unpublishable',
        relay: this.options.service,
        stream,
        revision,
        type,
        err,
      });
      return unusableMessage(item.event);
    }
  }

  private async checkpoint(): Promise<Position> {
    const { database, service } = this.options;
    const { rows } = await database.query<{ position: Position }>(
      'select position from relay_checkpoint where service = $1',
      [service],
    );
    return rows[0]?.position ?? START;
  }

  private async save(): Promise<void> {
    const position = this.published;
    if (position === undefined) return;
    await this.lease.saveCheckpoint(position);
    if (this.published === position) this.published = undefined;
  }
}

/** Grows with every type that is published and every version of one. */
function generationOf(types: readonly string[]): number {
  return types.reduce((sum, type) => sum + (definitionOf(type)?.version ?? 0), 0);
}

/** Too little of the lease is left to wait for an answer within it. */
class LeaseTooShort extends Error {
  readonly retriable = true;
  readonly code = 'RELAY_LEASE_TOO_SHORT';
}

class Unanswered extends Error {
  readonly retriable = true;
  readonly code = 'BROKER_UNANSWERED';
}
