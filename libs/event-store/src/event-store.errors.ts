import { type RecordedEvent } from './event-store.port';

/** Base of the store's typed errors. `retriable` says whether the identical request may succeed later. */
export abstract class EventStoreError extends Error {
  abstract readonly code: string;
  abstract readonly retriable: boolean;
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The event or request can never be stored: bad name, JSON, size or number of events. Raised before I/O. */
export class InvalidEvent extends EventStoreError {
  readonly code = 'EVENT_INVALID';
  readonly retriable = false;
}

export class WrongExpectedRevision extends EventStoreError {
  readonly code = 'REVISION_CONFLICT';
  readonly retriable = false;
  constructor(
    readonly stream: string,
    readonly expected: string,
    /** Revision of the stream's last event, or undefined when it does not exist. */
    readonly actual: number | undefined,
    /**
     * What stands after the expected revision, complete and in its order, for whoever wants to decide again without reading. Undefined where the
     * store does not say so: no exact revision was expected, or it is more than an answer should carry.
     */
    readonly missed?: readonly RecordedEvent[],
  ) {
    super(`stream ${stream} is at ${actual ?? 'none'}, expected ${expected}`);
  }
}

/** The append's link does not match the stream's last event: the decision read another history. */
export class BrokenLink extends EventStoreError {
  readonly code = 'CHAIN_BROKEN';
  readonly retriable = false;
}

/** The store cannot be reached or refuses work; nothing was written. */
export class Unavailable extends EventStoreError {
  readonly code = 'STORE_UNAVAILABLE';
  readonly retriable = true;
}

/** No answer in time. For an append the outcome is unknown; the identical request may be sent again. */
export class DeadlineExceeded extends EventStoreError {
  readonly code = 'STORE_DEADLINE_EXCEEDED';
  readonly retriable = true;
}

/** The chosen store's client package is not installed. Raised when the store is opened, never by a call. */
export class StoreClientMissing extends EventStoreError {
  readonly code = 'STORE_CLIENT_MISSING';
  readonly retriable = false;
}

/** A service tried to write an event type of another author (design §3.2). A bug, never a user's fault. */
export class ForeignEventType extends EventStoreError {
  readonly code = 'EVENT_TYPE_FOREIGN';
  readonly retriable = false;
}

/** Other writers won every attempt of a command; the same command may be sent again. */
export class ConflictExhausted extends EventStoreError {
  readonly code = 'CONFLICT_EXHAUSTED';
  readonly retriable = true;
}

/** The store does not show the revision that a message announced yet (a lagging replica, a restored copy). */
export class RevisionNotReached extends EventStoreError {
  readonly code = 'REVISION_NOT_REACHED';
  readonly retriable = true;
}
