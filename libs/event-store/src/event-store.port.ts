/**
 * The event store port: what PostgreSQL and KurrentDB can both promise (design §5).
 *
 * Streams are named `category-id` (category without `-`), ASCII. Events carry JSON text, serialised once;
 * adapters return data and metadata byte for byte.
 */
export interface EventStore {
  /**
   * Appends 1 to 500 events, at most 1,000,000 bytes together, all or nothing.
   *
   * Replay: for `none` and exact revisions, sending the same events (same ids, same slots) again answers with
   * the first outcome and writes nothing. After `DeadlineExceeded` the outcome is unknown and re-sending
   * the identical request is safe. Not so for `exists` and `any`.
   *
   * @throws InvalidEvent before any I/O; WrongExpectedRevision; Unavailable; DeadlineExceeded
   */
  append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
    options?: CallOptions,
  ): Promise<AppendResult>;

  /** Reads one stream. A missing stream is a distinct result, not an empty one. @throws Unavailable, DeadlineExceeded */
  readStream(stream: string, options?: ReadStreamOptions): Promise<ReadStreamResult>;

  /**
   * Reads the global order after `after` (exclusive), at most `limit` events (default 500).
   * Never skips an event that commits later with a lower position; an open transaction elsewhere in the cluster does not
   * stall it. `checkpoint` is safe to resume from even when no event passed the filter.
   */
  readAll(options?: ReadAllOptions): Promise<ReadAllResult>;

  /**
   * Follows the global order from `after` until `signal` aborts; live events arrive within milliseconds.
   * Items come in order; memory is bounded. Store outages are retried with capped back-off inside the subscription.
   */
  subscribe(options: SubscribeOptions): AsyncIterable<SubscriptionItem>;

  close(): Promise<void>;
}

/** `none`: the stream must not exist. A number: revision of its last event (from 0). */
export type ExpectedRevision =
  | 'none'
  | 'exists'
  | 'any'
  | number
  | {
      readonly revision: number;
      /** Hex hash of that last event: the link is checked on append. */ readonly headHash: string;
    };

export interface NewEvent {
  /** UUID; the idempotence key of its slot. */
  readonly id: string;
  readonly type: string;
  /** JSON text. */
  readonly data: string;
  readonly metadata: string;
}

export interface RecordedEvent extends NewEvent {
  readonly stream: string;
  readonly revision: number;
  readonly position: Position;
  /** RFC 3339, from the store's clock; for operators only: domain time is in the metadata. */
  readonly storedAt: string;
}

/** Opaque; comparable as a string with `<`, within one store and epoch. */
export type Position = string & { readonly __position?: never };

export interface AppendResult {
  readonly revision: number;
  readonly position: Position;
  /** True when the store had these events already. */
  readonly replayed: boolean;
}

export interface CallOptions {
  /** Milliseconds until the call fails with DeadlineExceeded. Default 10,000. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
}

export interface ReadStreamOptions extends CallOptions {
  /** First revision (inclusive). Default 0 forwards, the end backwards. */
  readonly from?: number;
  readonly direction?: 'forwards' | 'backwards';
  /** Default: all, at most 10,000. */
  readonly limit?: number;
}

export type ReadStreamResult =
  | {
      readonly kind: 'found';
      readonly events: readonly RecordedEvent[];
      readonly lastRevision: number;
      /** Hash of the last event as the store recorded it at append; absent where an adapter keeps none. */
      readonly headHash?: string;
    }
  | { readonly kind: 'missing' };

/** Both are exact and ANDed; absent means all. */
export interface EventFilter {
  readonly types?: readonly string[];
  readonly categories?: readonly string[];
}

export interface ReadAllOptions extends CallOptions {
  readonly after?: Position;
  readonly filter?: EventFilter;
  readonly limit?: number;
}

export interface ReadAllResult {
  readonly events: readonly RecordedEvent[];
  readonly checkpoint: Position;
  /** No further event was visible when this was read. */
  readonly caughtUp: boolean;
}

export interface SubscribeOptions {
  readonly after?: Position;
  readonly filter?: EventFilter;
  readonly signal: AbortSignal;
}

export type SubscriptionItem =
  | { readonly kind: 'event'; readonly event: RecordedEvent }
  /** Everything up to here was seen, whether or not it passed the filter. */
  | { readonly kind: 'checkpoint'; readonly position: Position }
  | { readonly kind: 'caughtUp'; readonly position: Position };

/** Before every event. */
export const START: Position = '';
