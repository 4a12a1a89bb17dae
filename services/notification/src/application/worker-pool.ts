import { randomUUID } from 'node:crypto';
import { type Clock } from '@balagh/runtime';
import { type Logger } from 'pino';
import { type WorkQueue, type WorkRow, type WorkTable } from './work-table.port';

export interface PoolOptions {
  readonly queue: WorkQueue;
  /** Rows worked on at once. */
  readonly concurrency: number;
  /** Milliseconds between looks at the table when nobody wakes the pool. */
  readonly pollMs: number;
  /** Longer than the longest step of one row. */
  readonly leaseMs: number;
}

const RETRY_MS = 5_000;
const STOP_WITHIN_MS = 10_000;

/**
 * Works through the due rows of one queue, a bounded number at a time, so that a hanging channel delays neither the feed
 * nor, beyond its share, other messages. A row whose work fails is due again after five seconds; if even that cannot be
 * written, its lease runs out.
 */
export class WorkerPool {
  private readonly owner = randomUUID();
  private readonly active = new Set<Promise<void>>();
  private running: Promise<void> | undefined;
  private stopping = false;
  private woken = false;
  private wakeUp: () => void = () => undefined;

  constructor(
    private readonly parts: { readonly table: WorkTable; readonly clock: Clock; readonly log: Logger },
    private readonly options: PoolOptions,
    /** Gives each row's successor; rows it leaves out are tried again later. */
    private readonly work: (rows: readonly WorkRow[]) => Promise<readonly WorkRow[]>,
    /** Rows handed to one call of `work`. */
    private readonly batch = 1,
  ) {}

  start(): void {
    this.running ??= this.loop();
  }

  /** Looks at the table now instead of at the next poll. */
  wake(): void {
    this.woken = true;
    this.wakeUp();
  }

  /** Takes no more rows and waits up to ten seconds for those in work. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.wake();
    await this.running;
    const timer = delay(STOP_WITHIN_MS);
    await Promise.race([Promise.all(this.active), timer.promise]);
    timer.cancel();
  }

  private async loop(): Promise<void> {
    while (!this.stopping) {
      this.woken = false;
      const allTaken = await this.takeDue();
      if (this.stopping) return;
      if (allTaken) await this.pause();
      else if (this.active.size >= this.options.concurrency) await Promise.race(this.active);
    }
  }

  /** Begins what is due, as far as there are free places. True: nothing was left behind, so no place that falls free is a reason to look again. */
  private async takeDue(): Promise<boolean> {
    const free = this.options.concurrency - this.active.size;
    if (free <= 0) return false;
    try {
      const { queue, leaseMs } = this.options;
      const claim = { queue, leaseMs, owner: this.owner, now: this.at(0), limit: free * this.batch };
      const rows = await this.parts.table.claim(claim);
      for (let i = 0; i < rows.length; i += this.batch) this.begin(rows.slice(i, i + this.batch));
      return rows.length < claim.limit;
    } catch (error) {
      this.parts.log.error({ event: 'message.queue.unreadable', queue: this.options.queue, err: error });
      return true;
    }
  }

  private begin(rows: readonly WorkRow[]): void {
    const task = this.process(rows).finally(() => this.active.delete(task));
    this.active.add(task);
  }

  private async process(rows: readonly WorkRow[]): Promise<void> {
    const done = new Map<string, WorkRow>();
    try {
      for (const row of await this.work(rows)) done.set(row.messageId, row);
    } catch (error) {
      const messageIds = rows.map((row) => row.messageId);
      this.parts.log.error({
        event: 'message.work.failed',
        queue: this.options.queue,
        messageIds,
        err: error,
      });
    }
    for (const row of rows) {
      const next = done.get(row.messageId) ?? { ...row, dueAt: this.at(RETRY_MS) };
      try {
        await this.parts.table.save(next, this.owner);
        if (next.queue === this.options.queue && next.dueAt !== null && next.dueAt <= this.at(0)) this.wake();
      } catch (error) {
        this.parts.log.error({ event: 'message.work.unsaved', messageId: row.messageId, err: error });
      }
    }
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
