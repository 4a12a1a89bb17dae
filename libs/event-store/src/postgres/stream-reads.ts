import { type CallOptions, type RecordedEvent } from '../event-store.port';
import { Airspace } from './airspace';
import { DepartureQueue, type Waiting, landFailed } from './departure-queue';

export interface ReadRequest {
  readonly stream: string;
  /** Most events from its beginning. */
  readonly limit: number;
  readonly call: CallOptions;
}

export type Events = readonly RecordedEvent[];

/** Reads streams in one round trip. Calls `settle` for each as soon as it is there, by its place. */
export type ReadTransport = (
  requests: readonly ReadRequest[],
  settle: (place: number, events: Events) => void,
) => Promise<void>;

/** Two keep client and server busy at once; more make smaller flights. */
const maxFlights = 2;
const seats = 8;

/**
 * Reads of one process that are asked for in the same turn, or while two flights are in the air, share a round trip: for a short stream that
 * costs more than its rows. A lone read leaves alone, at once. Each is answered as soon as its own rows are there.
 */
export class StreamReads {
  private readonly queue = new DepartureQueue<ReadRequest, Events>();
  private readonly airspace = new Airspace();
  private boarding = false;

  constructor(private readonly transport: ReadTransport) {}

  read(request: ReadRequest): Promise<Events> {
    return this.queue.enter(request, () => this.departAfterThisTurn());
  }

  private departAfterThisTurn(): void {
    if (this.boarding) return;
    this.boarding = true;
    queueMicrotask(() => {
      this.boarding = false;
      this.depart();
    });
  }

  private depart(): void {
    while (this.queue.waiting.length > 0 && this.airspace.inTheAir < maxFlights) {
      const aboard = this.queue.waiting.splice(0, seats);
      void this.airspace.fly(
        () => this.fly(aboard),
        () => this.depart(),
        () => this.departAfterThisTurn(),
      );
    }
  }

  private async fly(aboard: readonly Waiting<ReadRequest, Events>[]): Promise<void> {
    try {
      await this.transport(
        aboard.map(({ request }) => request),
        (place, events) => aboard[place]?.settle(events),
      );
    } catch (error) {
      await landFailed(aboard, error, (passenger) => this.fly([passenger]));
    }
  }
}
