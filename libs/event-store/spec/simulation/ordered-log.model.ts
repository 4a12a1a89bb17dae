import { type Random } from './random-of';

/**
 * The append and read algorithm of ADR 0003 in atomic steps: everything that PostgreSQL does by itself is one step, and any actor may
 * act between two. A mutation leaves one precaution out.
 */
export type Mutation =
  | 'none'
  | 'no marker'
  | 'marker after the draw'
  | 'marker released before the commit is visible'
  | 'snapshot before the markers are read'
  | 'high-water read after the markers'
  | 'checkpoint is the high-water mark'
  | 'holes are not counted';

export interface ModelEvent {
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
}

interface Row {
  revision: number;
  lockedBy: number | undefined;
}

type Steps<T> = Generator<void, T>;

export class OrderedLog {
  /** Last value of the sequence. */
  private sequence = 0;
  private readonly markers = new Map<number, number>();
  private readonly rows = new Map<string, Row>();
  private readonly committed: ModelEvent[] = [];
  /** Logged, not yet shown: survives a crash. */
  private readonly logged = new Map<number, readonly ModelEvent[]>();
  private transactions = 0;

  constructor(private readonly mutation: Mutation) {}

  get events(): readonly ModelEvent[] {
    return [...this.committed].sort((a, b) => a.position - b.position);
  }

  revisionOf(stream: string): number {
    return this.rows.get(stream)?.revision ?? -1;
  }

  has(id: string): boolean {
    return this.committed.some((event) => event.id === id);
  }

  /** One transaction over one or several streams, each with an exact revision; undefined when one lost its race. */
  *append(
    parts: readonly { readonly stream: string; readonly expected: number; readonly ids: readonly string[] }[],
    rollBack: boolean,
  ): Steps<readonly ModelEvent[] | undefined> {
    const transaction = (this.transactions += 1);
    const won: Row[] = [];
    const letGo = (): void => {
      for (const row of won) row.lockedBy = undefined;
    };
    for (const { stream, expected } of [...parts].sort((a, b) => (a.stream < b.stream ? -1 : 1))) {
      const row = this.rows.get(stream) ?? { revision: -1, lockedBy: undefined };
      this.rows.set(stream, row);
      while (row.lockedBy !== undefined) yield;
      if (row.revision !== expected) {
        letGo();
        return undefined;
      }
      row.lockedBy = transaction;
      won.push(row);
      yield;
    }
    if (this.mutation !== 'marker after the draw') yield* this.mark(transaction);
    const events: ModelEvent[] = [];
    for (const { stream, expected, ids } of parts) {
      for (const [i, id] of ids.entries()) {
        events.push({ id, stream, revision: expected + 1 + i, position: (this.sequence += 1) });
        yield;
      }
    }
    if (this.mutation === 'marker after the draw') yield* this.mark(transaction);
    if (!rollBack) yield* this.commit(transaction, events);
    this.markers.delete(transaction);
    letGo();
    return rollBack ? undefined : events;
  }

  private *mark(transaction: number): Steps<void> {
    const horizon = this.sequence;
    yield;
    if (this.mutation !== 'no marker') this.markers.set(transaction, horizon);
    yield;
  }

  private *commit(transaction: number, events: readonly ModelEvent[]): Steps<void> {
    this.logged.set(transaction, events);
    yield;
    if (this.mutation === 'marker released before the commit is visible') {
      this.markers.delete(transaction);
      yield;
    }
    this.show(transaction);
    yield;
  }

  private show(transaction: number): void {
    for (const event of this.logged.get(transaction) ?? []) {
      this.committed.push(event);
      const row = this.rows.get(event.stream);
      if (row !== undefined) row.revision = Math.max(row.revision, event.revision);
    }
    this.logged.delete(transaction);
  }

  /** One page after a position: its events and the checkpoint. */
  *read(after: number, limit: number): Steps<{ events: readonly ModelEvent[]; checkpoint: number }> {
    const early = this.mutation === 'snapshot before the markers are read' ? this.events : undefined;
    yield;
    let highWater = this.sequence;
    yield;
    const visible = this.events.filter(({ position }) => position > after && position <= highWater).length;
    const whole = this.mutation === 'holes are not counted' || visible === highWater - after;
    yield;
    // Nothing is missing up to there: who is in flight need not be known.
    const lowest = whole
      ? Number.POSITIVE_INFINITY
      : Math.min(...this.markers.values(), Number.POSITIVE_INFINITY);
    yield;
    if (this.mutation === 'high-water read after the markers') highWater = this.sequence;
    yield;
    const settled = Math.min(highWater, lowest);
    const page = (early ?? this.events).filter(
      (event) => event.position > after && event.position <= settled,
    );
    const events = page.slice(0, limit);
    const ended = events.length < limit;
    const top = events.at(-1)?.position ?? after;
    const checkpoint =
      this.mutation === 'checkpoint is the high-water mark' && ended ? Math.max(settled, after) : top;
    return { events, checkpoint };
  }

  /**
   * The server dies and recovers: what was logged is shown, what was not is gone with its markers and locks. The sequence was
   * logged ahead: it continues anywhere between the highest committed position and some values beyond what was drawn.
   */
  crash(random: Random): void {
    for (const transaction of [...this.logged.keys()]) this.show(transaction);
    this.markers.clear();
    for (const row of this.rows.values()) row.lockedBy = undefined;
    const highest = Math.max(0, ...this.committed.map((event) => event.position));
    this.sequence = highest + random(this.sequence - highest + 33);
  }
}
