import { type PublishedEvent, type Topic } from '@balagh/case-events';

/**
 * Published events between services, over the event store itself or over Kafka; both adapters pass the
 * same contract suite (design §3.5–3.7).
 *
 * - Order holds per case and topic, not across topics.
 * - At least once; deduplicated per (consumer, topic, case) by revision before the handler is called. Of projections, and of messages from which nothing
 *   follows, no note is kept for that: after a restart or a change of owner they come again.
 * - Messages of one case are handled one at a time, of different cases concurrently (bounded).
 * - Progress is stored only after the handler's effect is durable.
 * - A retriable fault (`retriable !== false` on the thrown error) pauses the consumer: capped back-off, the alarm
 *   `feed.consumer.paused` is logged, nothing is skipped and nothing is parked.
 * - `PermanentFault` (or any error with `retriable === false`), `EventNewer` and messages that break the contract park the case: later
 *   messages of this case, on every topic of this consumer and every replica, wait; other cases flow. A broken message
 *   does so once, however often it is delivered.
 *   `redrive` delivers again from the first failed revision, in order, read from the store.
 */
export interface EventFeed {
  subscribe(subscription: Subscription): Promise<RunningSubscription>;
  close(): Promise<void>;
}

export interface Subscription {
  /** Stable name, `<service>.<role>`, e.g. `routing.case-registered`: the identity of its progress. */
  readonly consumer: string;
  readonly topics: readonly Topic[];
  /** Event types wanted (short names, e.g. `CaseRegistered`); others are skipped without a call. Absent: all. */
  readonly types?: readonly string[];
  /**
   * How long a message may wait for others to come, in milliseconds: then a projection writes the row of a case once for several of them, and
   * leaves the processor to those whom people wait for. Default 0: at once.
   */
  readonly gatherMs?: number;
  /**
   * Retry-safe. A projection, which reads the case as it is now, may answer how far that was: messages of the case up to there that come to this process
   * afterwards need no call, and none is noted as handled. A reaction answers nothing: each message is its own; or that nothing follows.
   */
  readonly handle: (
    message: PublishedEvent,
    delivery: Delivery,
  ) => Promise<Reached | typeof nothingFollows | void>;
}

/**
 * Answer of a reaction to a message that is none of its concern, whenever it looks at it. Nothing is noted: to look at it again after a restart
 * changes nothing and costs less.
 */
export const nothingFollows = 'nothing-follows';

/** `gatherMs` of rows that somebody looks up, and nobody waits for at that moment. */
export const unhurriedMs = 200;

export interface Reached {
  /** Revision of the case up to which the effect is durable. */
  readonly upTo: number;
}

export interface Delivery {
  readonly topic: Topic;
  /** From 1; counts deliveries to this process since it started. */
  readonly attempt: number;
}

export interface RunningSubscription {
  stop(): Promise<void>;
  /** Messages not yet handled, as far as known; for metrics and readiness. */
  lag(): Promise<number>;
  parked(): Promise<readonly ParkedCase[]>;
  /** Handles the waiting messages of a parked case again; resolves when done. @throws the handler's error if it fails again */
  redrive(caseId: string): Promise<void>;
}

export interface ParkedCase {
  readonly consumer: string;
  readonly caseId: string;
  readonly topic: Topic;
  /** First revision that failed. */
  readonly revision: number;
  /** Code of the fault; no personal data. */
  readonly reason: string;
  readonly parkedAt: string;
}

/** Thrown by a handler: this message can never be handled as it is. */
export class PermanentFault extends Error {
  readonly retriable = false;
  constructor(
    readonly code: string,
    options?: ErrorOptions,
  ) {
    super(code, options);
    this.name = 'PermanentFault';
  }
}
