import { type Topic } from '@balagh/case-events';
import { type Consumer, type EachBatchPayload, type Kafka } from 'kafkajs';
import { backOffMs, pause, within } from '../delivery/back-off';
import { CaseConsumer, type ConsumerLimits } from '../delivery/case-consumer';
import { type DeliveryParts } from '../delivery/case-delivery';
import { fromTopic } from '../delivery/incoming';
import { savePeriodically } from '../delivery/save-periodically';
import { coPartitioned } from './co-partition';
import { PartitionOffsets } from './partition-offsets';

const commitEveryMs = 200;
const heartbeatEveryMs = 1_000;
const sessionTimeoutMs = 10_000;
const leaveWithinMs = 5_000;
/**
 * Longest wait of a fetch that finds nothing; what comes meanwhile is answered at once. An empty fetch costs broker and consumer about a
 * millisecond each; leaving and rebalancing wait for the one under way.
 */
const fetchWaitMs = 250;
/** Of one fetch: each only fills the lanes, or waits for more with the others. */
const batchesAtOnce = 16;

/**
 * One member of a consumer's group. A fetched batch only fills the lanes; offsets are committed by our own clock, up to
 * the last message with nothing unfinished before it. A rebalance forgets what was not started: the new owner
 * begins at the committed offset, and the noted progress skips what was handled since.
 */
export class KafkaSubscription {
  private readonly stopping = new AbortController();
  private readonly consumer: CaseConsumer;
  private readonly offsets = new PartitionOffsets();
  private readonly ended: Promise<void>;
  private stopped: Promise<void> | undefined;
  private gathering: Promise<void> | undefined;

  constructor(
    private readonly parts: DeliveryParts,
    private readonly kafka: Kafka,
    private readonly prefix: string,
    limits: ConsumerLimits,
  ) {
    this.consumer = new CaseConsumer(parts, limits);
    this.ended = this.run();
  }

  /** Prompt: running handlers end, offsets are committed, the member leaves its group so that others take over at once. */
  stop(): Promise<void> {
    this.stopping.abort();
    return (this.stopped ??= this.consumer.stop().then(() => this.ended));
  }

  redrive(caseId: string): Promise<void> {
    return this.consumer.redrive(caseId);
  }

  /** Connects and consumes; begins anew, with capped back-off, whenever the library gives up. */
  private async run(): Promise<void> {
    const { subscription, log } = this.parts;
    const { signal } = this.stopping;
    for (let failures = 0; !signal.aborted;) {
      const member = this.kafka.consumer({
        groupId: `${this.prefix}${subscription.consumer}`,
        sessionTimeout: sessionTimeoutMs,
        rebalanceTimeout: sessionTimeoutMs,
        heartbeatInterval: heartbeatEveryMs,
        maxWaitTimeInMs: fetchWaitMs,
        minBytes: 1,
        partitionAssigners: [coPartitioned],
        // Crashes come back here instead.
        retry: {
          retries: 5,
          initialRetryTime: 100,
          maxRetryTime: 2_000,
          restartOnFailure: async () => false,
        },
      });
      try {
        await this.consume(member, () => (failures = 0));
      } catch (err) {
        if (signal.aborted) return;
        failures += 1;
        const retryInMs = backOffMs(failures);
        log.warn({
          event: 'feed.consumer.paused',
          consumer: subscription.consumer,
          failures,
          retryInMs,
          err,
        });
        await pause(retryInMs, signal);
      }
    }
  }

  private async consume(member: Consumer, joined: () => void): Promise<void> {
    const { subscription, log } = this.parts;
    const { signal } = this.stopping;
    const crashed = new Promise<never>((_, reject) => {
      member.on(member.events.CRASH, ({ payload }) => reject(payload.error));
    });
    member.on(member.events.GROUP_JOIN, () => {
      this.forget();
      joined();
    });
    member.on(member.events.REBALANCING, () => this.forget());
    const committing = savePeriodically(
      commitEveryMs,
      () => this.commit(member),
      (err) => log.debug({ event: 'feed.checkpoint.not_saved', consumer: subscription.consumer, err }),
    );
    try {
      const aborted = new Promise<void>((resolve) => onAbort(signal, resolve));
      await Promise.race([this.begin(member).then(() => aborted), aborted, crashed]);
      await this.consumer.stop();
    } finally {
      crashed.catch(() => undefined);
      await within(leaveWithinMs, committing.end());
      await within(
        leaveWithinMs,
        member.disconnect().catch(() => undefined),
      );
      this.forget();
    }
  }

  private async begin(member: Consumer): Promise<void> {
    await member.connect();
    await member.subscribe({
      topics: this.parts.subscription.topics.map((topic) => `${this.prefix}${topic}`),
      fromBeginning: true,
    });
    await member.run({
      autoCommit: false,
      eachBatchAutoResolve: true,
      partitionsConsumedConcurrently: batchesAtOnce,
      eachBatch: (payload) => this.take(payload),
    });
  }

  private forget(): void {
    this.offsets.forget();
    this.consumer.forget();
  }

  /** Fills the lanes; waits, with heartbeats, while the window is full. */
  private async take({ batch, heartbeat, isRunning, isStale }: EachBatchPayload): Promise<void> {
    const { generation } = this.offsets;
    await this.gather();
    for (const message of batch.messages) {
      while (!this.consumer.hasRoom) {
        await this.consumer.room(heartbeatEveryMs);
        if (this.stopping.signal.aborted) return;
        await heartbeat();
      }
      if (this.stopping.signal.aborted || !isRunning() || isStale()) return;
      // Returning would tell the library that the batch was consumed.
      if (generation !== this.offsets.generation)
        throw new Error('the batch is of an earlier generation of the group');
      const finished = this.offsets.take(batch.topic, batch.partition, BigInt(message.offset));
      if (finished === undefined) continue;
      const incoming = fromTopic(
        {
          topic: batch.topic.slice(this.prefix.length) as Topic,
          key: message.key?.toString(),
          value: message.value?.toString(),
          place: `${batch.topic}/${batch.partition}/${message.offset}`,
        },
        this.parts.subscription.types,
      );
      if (incoming === undefined) finished();
      else this.consumer.offer(incoming, finished);
    }
  }

  /** The batches of one fetch wait together; what comes meanwhile is in the next fetch, and its cases are mostly shown already. */
  private gather(): Promise<void> | undefined {
    const { gatherMs = 0 } = this.parts.subscription;
    if (gatherMs === 0) return undefined;
    return (this.gathering ??= pause(gatherMs, this.stopping.signal).finally(
      () => (this.gathering = undefined),
    ));
  }

  private async commit(member: Consumer): Promise<void> {
    const due = this.offsets.due();
    if (due.length === 0) return;
    await member.commitOffsets(
      due.map(({ topic, partition, offset }) => ({ topic, partition, offset: String(offset) })),
    );
    this.offsets.committed(due);
  }
}

function onAbort(signal: AbortSignal, then: () => void): void {
  if (signal.aborted) then();
  else signal.addEventListener('abort', then, { once: true });
}
