import { defaultDeadlineMs } from '../deadline';
import { DeadlineExceeded, EventStoreError } from '../event-store.errors';
import { type CallOptions, type NewEvent } from '../event-store.port';
import { limits } from '../json/event-checks';

export interface AppendRequest {
  readonly stream: string;
  /** A revision, −1 none, −2 exists, −3 any. */
  readonly expected: number;
  readonly link: string | null;
  readonly events: readonly NewEvent[];
  readonly call: CallOptions;
}

export interface AppendRow {
  readonly kind: 'ok' | 'replayed' | 'conflict' | 'broken_link';
  readonly revision: number | null;
  readonly position: string | null;
}

export interface AppendTransport {
  one(request: AppendRequest): Promise<AppendRow>;
  /** Answers in the order of the requests. */
  many(requests: readonly AppendRequest[]): Promise<readonly AppendRow[]>;
}

interface Waiting {
  readonly request: AppendRequest;
  readonly settle: (row: AppendRow) => void;
  readonly fail: (error: unknown) => void;
}

/** A row lock that another process holds keeps one flight busy; a second one lets the others pass. */
const maxFlights = 2;

/**
 * Concurrent appends of one process share a statement and a commit: what arrives while the flights are in the air leaves with the
 * next one, at once and together. A lone append leaves alone, without waiting. At most one append per stream is in the air with
 * a flight, so that each is judged by itself.
 */
export class AppendFlights {
  private readonly queue: Waiting[] = [];
  private flights = 0;

  constructor(private readonly transport: AppendTransport) {}

  append(request: AppendRequest): Promise<AppendRow> {
    return new Promise<AppendRow>((resolve, reject) => {
      const { deadlineMs = defaultDeadlineMs, signal } = request.call;
      const stopWaiting = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', giveUp);
      };
      const waiting: Waiting = {
        request,
        settle: (row) => (stopWaiting(), resolve(row)),
        fail: (error) => (stopWaiting(), reject(error as Error)),
      };
      const giveUp = (): void => {
        const queued = this.queue.indexOf(waiting);
        if (queued >= 0) this.queue.splice(queued, 1);
        waiting.fail(new DeadlineExceeded('the event store did not answer in time'));
      };
      const timer = setTimeout(giveUp, deadlineMs);
      signal?.addEventListener('abort', giveUp, { once: true });
      this.queue.push(waiting);
      if (signal?.aborted === true) giveUp();
      else this.depart();
    });
  }

  private depart(): void {
    while (this.flights < maxFlights && this.queue.length > 0) {
      this.flights += 1;
      void this.fly(this.board()).finally(() => {
        this.flights -= 1;
        this.depart();
      });
    }
  }

  /** The first in the queue, and all others that fit beside it. */
  private board(): readonly Waiting[] {
    const [first, ...rest] = this.queue;
    if (first === undefined) return [];
    const aboard = [first];
    if (first.request.expected >= -1) {
      const streams = new Set([first.request.stream]);
      let [events, bytes] = [first.request.events.length, bytesOf(first.request)];
      for (const other of rest) {
        const { stream, expected, events: more } = other.request;
        const size = bytesOf(other.request);
        if (
          expected < -1 ||
          streams.has(stream) ||
          events + more.length > limits.eventsPerAppend ||
          bytes + size > limits.bytesPerAppend
        )
          continue;
        streams.add(stream);
        events += more.length;
        bytes += size;
        aboard.push(other);
      }
    }
    for (const waiting of aboard) this.queue.splice(this.queue.indexOf(waiting), 1);
    return aboard;
  }

  private async fly(aboard: readonly Waiting[]): Promise<void> {
    try {
      const rows = await this.send(aboard.map((waiting) => waiting.request));
      aboard.forEach((waiting, i) => {
        const row = rows[i];
        if (row === undefined)
          waiting.fail(new DeadlineExceeded('the event store left an append unanswered'));
        else waiting.settle(row);
      });
    } catch (error) {
      // A statement that can never succeed was rolled back whole: its causer alone shall hear of it.
      if (aboard.length > 1 && !(error instanceof EventStoreError))
        for (const waiting of aboard) await this.fly([waiting]);
      else for (const waiting of aboard) waiting.fail(error);
    }
  }

  private async send(requests: readonly AppendRequest[]): Promise<readonly AppendRow[]> {
    const [only] = requests;
    return requests.length === 1 && only !== undefined
      ? [await this.transport.one(only)]
      : this.transport.many(requests);
  }
}

/** Characters, not bytes: only bounds a statement. */
function bytesOf({ events }: AppendRequest): number {
  return events.reduce((sum, { data, metadata }) => sum + data.length + metadata.length, 0);
}
