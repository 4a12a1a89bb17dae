import { randomUUID } from 'node:crypto';
import { type Clock } from '@balagh/runtime';
import { type Logger } from 'pino';
import { ChannelPlaces } from './channel-places';
import { type Lease, type WorkQueue, type WorkRow, type WorkTable, rowChannels } from './work-table.port';

export interface PoolOptions {
  readonly queue: WorkQueue;
  /** Calls of `work` at once for one channel. */
  readonly concurrency: number;
  /** Milliseconds between looks at the table when nobody wakes the pool. */
  readonly pollMs: number;
  /** Longer than the longest step of one row. */
  readonly leaseMs: number;
}

/** A place kept free for work that is about to be written down. Is begun or left; leaving what has begun changes nothing. */
export interface Place {
  /** For the row of the work. */
  readonly lease: () => Lease;
  /** Begins with a row that is being added under that lease; what `work` gives is its successor. Never throws. */
  readonly begin: (row: WorkRow, work: () => Promise<WorkRow>) => void;
  readonly leave: () => void;
}

type Work = (rows: readonly WorkRow[]) => Promise<readonly WorkRow[]>;

const RETRY_MS = 5_000;
const STOP_WITHIN_MS = 10_000;
/** Least time between two looks at the table: where messages come one after the other, some are taken together. */
const REST_MS = 20;

/**
 * Works through the due rows of one queue, of each channel a bounded number at a time, so that a hanging channel delays neither the feed nor
 * messages of others. Putting a row down takes no place from those in work. A row whose work fails is due again after five seconds; if even
 * that cannot be written, its lease runs out.
 */
export class WorkerPool {
  private readonly owner = randomUUID();
  private readonly channels: ReadonlyMap<string, ChannelPlaces>;
  private restsUntil = 0;
  private running: Promise<void> | undefined;
  private stopping = false;
  private woken = false;
  private wakeUp: () => void = () => undefined;

  constructor(
    private readonly parts: { readonly table: WorkTable; readonly clock: Clock; readonly log: Logger },
    private readonly options: PoolOptions,
    /** Gives each row's successor; rows it leaves out are tried again later. */
    private readonly work: Work,
    /** Rows handed to one call of `work`, all of one channel. */
    private readonly batch = 1,
  ) {
    const places = (): ChannelPlaces => new ChannelPlaces(options.concurrency, () => this.wake());
    this.channels = new Map(rowChannels.map((channel) => [channel, places()]));
  }

  start(): void {
    this.running ??= this.loop();
  }

  /** Looks at the table now instead of at the next poll. */
  wake(): void {
    this.woken = true;
    this.wakeUp();
  }

  /**
   * A place of the channel for work that need not wait in the table first; undefined when none is free, when rows of the channel have waited
   * in the table for longer, or when the pool does not run.
   */
  place(channel: string): Place | undefined {
    const places = this.channels.get(channel);
    if (this.running === undefined || this.stopping) return undefined;
    if (places === undefined || places.behind || places.free <= 0) return undefined;
    let end: (work?: Promise<void>) => void = () => undefined;
    const taken = new Promise<void>((resolve) => {
      end = resolve;
    });
    places.takenBy(taken);
    return {
      lease: () => ({ owner: this.owner, until: this.at(this.options.leaseMs) }),
      begin: (row, work) => end(this.carryOut(places, [row], async () => [await work()])),
      leave: () => end(),
    };
  }

  /** Takes no more rows and waits up to ten seconds for those in work. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.wake();
    await this.running;
    const timer = delay(STOP_WITHIN_MS);
    await Promise.race([this.idle(), timer.promise]);
    timer.cancel();
  }

  private async idle(): Promise<void> {
    const open = (): readonly Promise<unknown>[] =>
      [...this.channels.values()].flatMap((places) => places.open);
    while (open().length > 0) await Promise.all(open());
  }

  private async loop(): Promise<void> {
    while (!this.stopping) {
      this.woken = false;
      const more = await this.takeDue();
      if (this.stopping) return;
      if (!more) await this.pause();
      await this.rest();
    }
  }

  /** Begins what is due, as far as there are free places. True: rows may be left for a place that is free already. */
  private async takeDue(): Promise<boolean> {
    const limits = this.limits();
    for (const [channel, places] of this.channels) places.behind ||= !limits.has(channel);
    if (limits.size === 0) return false;
    this.restsUntil = performance.now() + REST_MS;
    try {
      const { queue, leaseMs } = this.options;
      const claim = { queue, leaseMs, owner: this.owner, now: this.at(0), limits };
      const rows = await this.parts.table.claim(claim);
      for (const [channel, places] of this.channels) {
        const due = rows.filter((row) => row.channel === channel);
        if (limits.has(channel)) places.behind = due.length === limits.get(channel);
        this.begin(places, due);
      }
      return [...this.channels.values()].some(({ behind, free }) => behind && free > 0);
    } catch (error) {
      this.parts.log.error({ event: 'message.queue.unreadable', queue: this.options.queue, err: error });
      return false;
    }
  }

  /** Rows that may be taken now, by channel; those without a free place are left out. */
  private limits(): ReadonlyMap<string, number> {
    const free = [...this.channels].map(([channel, places]) => [channel, places.free * this.batch] as const);
    return new Map(free.filter(([, limit]) => limit > 0));
  }

  private begin(places: ChannelPlaces, rows: readonly WorkRow[]): void {
    for (let i = 0; i < rows.length; i += this.batch)
      places.takenBy(this.carryOut(places, rows.slice(i, i + this.batch), this.work));
  }

  /** Ends when the work has; its rows are put down beside what comes next. Never throws. */
  private async carryOut(places: ChannelPlaces, rows: readonly WorkRow[], work: Work): Promise<void> {
    const successors = await this.process(rows, work);
    places.putDown(this.save(successors));
  }

  /** Gives each row's successor. Never throws. */
  private async process(rows: readonly WorkRow[], work: Work): Promise<readonly WorkRow[]> {
    const done = new Map<string, WorkRow>();
    try {
      for (const row of await work(rows)) done.set(row.messageId, row);
    } catch (error) {
      const messageIds = rows.map((row) => row.messageId);
      this.parts.log.error({
        event: 'message.work.failed',
        queue: this.options.queue,
        messageIds,
        err: error,
      });
    }
    return rows.map((row) => done.get(row.messageId) ?? { ...row, dueAt: this.at(RETRY_MS) });
  }

  private async save(rows: readonly WorkRow[]): Promise<void> {
    await Promise.all(rows.map((row) => this.saveOne(row)));
  }

  private async saveOne(row: WorkRow): Promise<void> {
    const { table, log } = this.parts;
    try {
      await table.save(row, this.owner);
      if (row.queue === this.options.queue && row.dueAt !== null && row.dueAt <= this.at(0)) this.wake();
    } catch (error) {
      log.error({ event: 'message.work.unsaved', messageId: row.messageId, err: error });
    }
  }

  private async rest(): Promise<void> {
    const left = this.restsUntil - performance.now();
    if (left > 0) await delay(left).promise;
  }

  private async pause(): Promise<void> {
    if (this.woken) return;
    const timer = delay(this.options.pollMs);
    const woken = new Promise<void>((resolve) => {
      this.wakeUp = resolve;
    });
    await Promise.race([timer.promise, woken]);
    timer.cancel();
  }

  private at(ms: number): string {
    return new Date(this.parts.clock.now().getTime() + ms).toISOString();
  }
}

function delay(ms: number): { readonly promise: Promise<void>; cancel(): void } {
  let timer: NodeJS.Timeout | undefined;
  const promise = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  return { promise, cancel: () => clearTimeout(timer) };
}
