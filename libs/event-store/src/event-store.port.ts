/**
 * The event store port: what PostgreSQL and KurrentDB can both promise (design §5).
 *
 * Streams are named `category-id` (category without `-`), ASCII, at most 200 characters. Events carry JSON text, serialised once
 * (`encodeJson`); adapters return data and metadata byte for byte. What a store could not keep is refused before any I/O: text that is
 * not JSON, U+0000, lone surrogates, −0; `undefined`, BigInt, NaN and infinities already by `encodeJson`.
 *
 * Order: an append that begins after another was acknowledged, by whichever process, stands behind it in the global order and in its
 * stream. No reader ever passes over an event that is still to come, and no open transaction elsewhere stalls one.
 *
 * A call never outlives its deadline, also against a server that hangs, and one bad call does not fail its neighbours.
 */
export interface EventStore {
  /**
   * Appends 1 to 500 events, at most 1,000,000 bytes of data and metadata together, all or nothing.
   *
   * Replay, for `none` and exact revisions only: the same events (same ids in the same slots) sent again are answered with the first
   * outcome, write nothing and keep the first bytes, also after later appends and restarts. Slots are judged one by one: some of the
   * ids, another order or other slots are a conflict. After `DeadlineExceeded` the outcome is unknown and re-sending the identical
   * request is safe; with `exists` and `any` it may write a second copy.
   *
   * @throws InvalidEvent before any I/O; WrongExpectedRevision; BrokenLink; Unavailable (nothing was written); DeadlineExceeded
   */
  append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
    options?: CallOptions,
  ): Promise<AppendResult>;

  /**
   * Reads one stream. A missing stream is a distinct result, not an empty one. Beyond the end there is nothing forwards; backwards
   * begins at the end then. Sees every append that was acknowledged before the call.
   * @throws InvalidEvent for names, starts and limits that no stream has; Unavailable, DeadlineExceeded
   */
  readStream(stream: string, options?: ReadStreamOptions): Promise<ReadStreamResult>;

  /**
   * Reads the global order after `after` (exclusive), at most `limit` events (default 500); fewer when their bodies reach some 8 MB.
   * `checkpoint` is safe to resume from even when no event passed the filter, and moves at every call until `caughtUp`.
   * @throws InvalidEvent for limits, and positions of another store; Unavailable, DeadlineExceeded
   */
  readAll(options?: ReadAllOptions): Promise<ReadAllResult>;

  /**
   * Follows the global order from `after` (exclusive) until `signal` aborts, which ends it within a moment; live events arrive within
   * milliseconds. Items come in order, without loss or repeat within a run, through outages and restarts of the server, which are
   * waited for with capped back-off; a connection that went silent is replaced. Whoever resumes from the last position it handled
   * misses nothing and sees again what it had not remembered. At most two pages (1,000 events or some 8 MB each) are held, however slow the
   * consumer; an error of the consumer ends the iteration and is the consumer's. Faults that can never pass are thrown.
   */
  subscribe(options: SubscribeOptions): AsyncIterable<SubscriptionItem>;

  /**
   * Where streams end by the store's own record, in the order of their names: also of streams whose events are gone, which is what
   * this is for. At most `limit` (default 500) whose names come after `after` (exclusive); an empty page is the end. A stream that
   * begins meanwhile may be missing. Absent where the store has no such record to go through (KurrentDB).
   * @throws InvalidEvent for limits; Unavailable, DeadlineExceeded
   */
  readonly readHeads?: (options: ReadHeadsOptions) => Promise<readonly StreamHead[]>;

  /** Ends subscriptions' waiting and the connections that the adapter opened. */
  close(): Promise<void>;
}

/** `none`: the stream must not exist. `exists`: it must. `any`: either. A number: revision of its last event (from 0). */
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

/** Opaque; comparable as a string with `<`, within one store and epoch; with gaps. */
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
  /** Also ask for what the store itself recorded of the stream's end, to hold its events against. Default false. */
  readonly headHash?: boolean;
}

export type ReadStreamResult =
  | {
      readonly kind: 'found';
      readonly events: readonly RecordedEvent[];
      readonly lastRevision: number;
      /** Hash of the last event as the store recorded it at append: for who asked for it, where the adapter keeps one; others may get it, too. */
      readonly headHash?: string;
    }
  | { readonly kind: 'missing' };

/** Both are exact, case counts, and ANDed; absent means all, an empty list nothing. */
export interface EventFilter {
  readonly types?: readonly string[];
  readonly categories?: readonly string[];
}

export interface ReadAllOptions extends CallOptions {
  readonly after?: Position;
  readonly filter?: EventFilter;
  /** Most events of one page, at least 1. Default 500. */
  readonly limit?: number;
}

export interface ReadAllResult {
  readonly events: readonly RecordedEvent[];
  readonly checkpoint: Position;
  /** No further event was visible when this was read. */
  readonly caughtUp: boolean;
}

export interface ReadHeadsOptions extends CallOptions {
  /** Name of a stream. */
  readonly after?: string;
  /** Exact. */
  readonly categories: readonly string[];
  readonly limit?: number;
}

export interface StreamHead {
  readonly stream: string;
  /** Of the last event. */
  readonly revision: number;
  /** Hex hash of the last event. */
  readonly headHash: string;
}

export interface SubscribeOptions {
  readonly after?: Position;
  readonly filter?: EventFilter;
  readonly signal: AbortSignal;
  /**
   * A reader that has caught up waits so many milliseconds after it was woken, for more to come in the same page. 0 (default): it reads at
   * once. Stores that send by themselves need not wait.
   */
  readonly gatherMs?: number;
  /** A read failed and is repeated after `pauseMs` milliseconds; called each time. Must not throw. Stores that send by themselves may not call it. */
  readonly onRetry?: (error: unknown, pauseMs: number) => void;
}

export type SubscriptionItem =
  | { readonly kind: 'event'; readonly event: RecordedEvent }
  /** Everything up to here was seen, whether or not it passed the filter. */
  | { readonly kind: 'checkpoint'; readonly position: Position }
  /** Nothing further was visible when this was read; comes at once when there is nothing to read. */
  | { readonly kind: 'caughtUp'; readonly position: Position };

/** Before every event. */
export const START: Position = '';
