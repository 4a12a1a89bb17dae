import { defaultDeadlineMs } from '../deadline';
import { DeadlineExceeded, EventStoreError } from '../event-store.errors';
import { type CallOptions, type NewEvent } from '../event-store.port';
import { limits } from '../json/event-checks';
import { type MissedRow } from './event-rows';

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
  /** Of a conflict: see `WrongExpectedRevision.missed`. */
  readonly missed?: readonly MissedRow[] | null;
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

/** Two keep client and server busy at once; more make smaller flights, and each costs a statement and a commit. */
const maxFlights = 2;
/** So many waiting are worth a second flight. With fewer, what two small ones cost is more than what they gain by flying together. */
const fullHouse = 16;
/**
 * A flight that is longer away than this, in milliseconds, waits for a row that another process holds, or for a slow disk. It no longer
 * counts, so that others pass it; that many may be late.
 */
const lateAfterMs = 10;
const maxLate = 2;

/**
 * Concurrent appends of one process share a statement and a commit: what arrives while a flight is in the air leaves with the
 * next one, together. A lone append leaves alone, at once. At most one append per stream is in the air with
 * a flight, so that each is judged by itself.
 */
export class AppendFlights {
  private queue: Waiting[] = [];
  /** In the air and not late. */
  private flights = 0;
  private late = 0;
  private passengers = 0;
  /** A flight has landed, and those who follow it are still arriving. */
  private boarding = false;

  constructor(
    private readonly transport: AppendTransport,
    /** Milliseconds after which a flight is late. */
    private readonly lateAfter = lateAfterMs,
  ) {}

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
    while (!this.boarding && this.queue.length > 0 && this.mayDepart())
      this.takeOff(this.board(this.seats()));
  }

  /** Once everything that the landing of a full flight sets going has arrived in the queue. */
  private departAfterThisTurn(): void {
    if (this.boarding) return;
    this.boarding = true;
    setImmediate(() => {
      this.boarding = false;
      this.depart();
    });
  }

  private mayDepart(): boolean {
    if (this.flights === 0) return true;
    return this.flights < maxFlights && this.queue.length >= fullHouse;
  }

  /** An even share of all that is under way: a flight that takes all leaves server and client waiting for each other. */
  private seats(): number {
    return Math.max(fullHouse, Math.ceil((this.queue.length + this.passengers) / maxFlights));
  }

  private takeOff(aboard: readonly Waiting[]): void {
    this.flights += 1;
    this.passengers += aboard.length;
    let counted = true;
    const timer = setTimeout(() => {
      if (this.late === maxLate) return;
      counted = false;
      this.late += 1;
      this.flights -= 1;
      this.depart();
    }, this.lateAfter);
    void this.fly(aboard).finally(() => {
      clearTimeout(timer);
      if (counted) this.flights -= 1;
      else this.late -= 1;
      this.passengers -= aboard.length;
      if (aboard.length > 1) this.departAfterThisTurn();
      else this.depart();
    });
  }

  /** The first in the queue, and all others that fit beside it. */
  private board(seats: number): readonly Waiting[] {
    const [first, ...rest] = this.queue;
    if (first === undefined) return [];
    if (first.request.expected < -1) {
      this.queue = rest;
      return [first];
    }
    const aboard = [first];
    const left: Waiting[] = [];
    const streams = new Set([first.request.stream]);
    let [events, bytes] = [first.request.events.length, bytesOf(first.request)];
    for (const other of rest) {
      const { stream, expected, events: more } = other.request;
      const size = bytesOf(other.request);
      const fits =
        aboard.length < seats &&
        expected >= -1 &&
        !streams.has(stream) &&
        events + more.length <= limits.eventsPerAppend &&
        bytes + size <= limits.bytesPerAppend;
      if (!fits) {
        left.push(other);
        continue;
      }
      streams.add(stream);
      events += more.length;
      bytes += size;
      aboard.push(other);
    }
    this.queue = left;
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
