import { DeadlineExceeded } from '../event-store.errors';
import { type CallOptions, type NewEvent } from '../event-store.port';
import { limits } from '../json/event-checks';
import { Airspace } from './airspace';
import { DepartureQueue, type Waiting, landFailed } from './departure-queue';
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

type Passenger = Waiting<AppendRequest, AppendRow>;

/** Two keep client and server busy at once; more make smaller flights, and each costs a statement and a commit. */
const maxFlights = 2;
/** So many waiting are worth a second flight. With fewer, what two small ones cost is more than what they gain by flying together. */
const fullHouse = 16;

/**
 * Concurrent appends of one process share a statement and a commit: what arrives while a flight is in the air leaves with the
 * next one, together. A lone append leaves alone, at once. At most one append per stream is in the air with
 * a flight, so that each is judged by itself.
 */
export class AppendFlights {
  private readonly queue = new DepartureQueue<AppendRequest, AppendRow>();
  private readonly airspace: Airspace;
  private passengers = 0;
  /** A flight has landed, and those who follow it are still arriving. */
  private boarding = false;

  /** @param lateAfterMs milliseconds after which a flight is late */
  constructor(
    private readonly transport: AppendTransport,
    lateAfterMs?: number,
  ) {
    this.airspace = new Airspace(lateAfterMs);
  }

  append(request: AppendRequest): Promise<AppendRow> {
    return this.queue.enter(request, () => this.depart());
  }

  private depart(): void {
    while (!this.boarding && this.queue.waiting.length > 0 && this.mayDepart())
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
    const { inTheAir } = this.airspace;
    if (inTheAir === 0) return true;
    return inTheAir < maxFlights && this.queue.waiting.length >= fullHouse;
  }

  /** An even share of all that is under way: a flight that takes all leaves server and client waiting for each other. */
  private seats(): number {
    return Math.max(fullHouse, Math.ceil((this.queue.waiting.length + this.passengers) / maxFlights));
  }

  private takeOff(aboard: readonly Passenger[]): void {
    this.passengers += aboard.length;
    const landed = (): void => {
      this.passengers -= aboard.length;
      if (aboard.length > 1) this.departAfterThisTurn();
      else this.depart();
    };
    void this.airspace.fly(
      () => this.fly(aboard),
      () => this.depart(),
      landed,
    );
  }

  /** The first in the queue, and all others that fit beside it. */
  private board(seats: number): readonly Passenger[] {
    const [first, ...rest] = this.queue.waiting;
    if (first === undefined) return [];
    if (first.request.expected < -1) {
      this.queue.waiting = rest;
      return [first];
    }
    const aboard = [first];
    const left: Passenger[] = [];
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
    this.queue.waiting = left;
    return aboard;
  }

  private async fly(aboard: readonly Passenger[]): Promise<void> {
    try {
      const rows = await this.send(aboard.map((waiting) => waiting.request));
      aboard.forEach((waiting, i) => {
        const row = rows[i];
        if (row === undefined)
          waiting.fail(new DeadlineExceeded('the event store left an append unanswered'));
        else waiting.settle(row);
      });
    } catch (error) {
      await landFailed(aboard, error, (passenger) => this.fly([passenger]));
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
