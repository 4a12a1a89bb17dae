import { type Pool, type PoolClient } from 'pg';
import { startDeadline } from '../deadline';
import { type WakeUp } from '../wake-up';
import { storeCall } from './store-call';

const channel = 'eventstore_appended';
const pollListeningMs = 250;
const pollDeafMs = 50;
/** Least milliseconds between two hints. */
const hintGapMs = 3;
/**
 * Each hint costs a transaction and the attention of all who listen, and one may stand for many appends. So it puts its process into debt: for so
 * many times as long as its answer took beyond what a slow machine at rest takes, within bounds, in milliseconds. The debt runs off with the time; while it is above the credit, the
 * next hint waits. At rest nobody does; where the machine is busy, hints become so few that polling finds as much.
 */
const [debtRatio, freeMs, leastDebtMs, mostDebtMs, creditMs] = [12, 1.5, 3, pollListeningMs, 100];
const maxPauseMs = 5_000;

/**
 * No fsync for a hint: losing it costs one poll interval, never an event. It names the types of what was appended, with commas between
 * them, so that readers of others may sleep on; empty: whatever.
 */
const notify = {
  name: 'eventstore-hint',
  text: `select set_config('synchronous_commit', 'off', true), pg_notify('${channel}', $1)`,
};
/** PostgreSQL takes less than 8,000 bytes; names are ASCII. */
const longestPayload = 7_000;

/** Tells the other processes. Rejects when it is not answered in time: a hint is never waited for longer, and the connection is given up. */
const hintBy =
  (pool: Pool, deadlineMs: number) =>
  (payload: string): Promise<unknown> =>
    storeCall(pool, 'append', notify, [payload], { deadlineMs });

/**
 * NOTIFY and LISTEN as a hint between processes. The hint is sent after the append has committed, at most one in flight per
 * process: inside the append it would serialise all commits. Readers never depend on it: they also poll.
 */
export class WakeUpChannel {
  private listener: PoolClient | undefined;
  private wanted = false;
  private closed = false;
  private sending = false;
  private again = false;
  /** A hint that is due; what is appended before it is sent needs no other. */
  private hint: NodeJS.Timeout | undefined;
  private sentAt = Number.NEGATIVE_INFINITY;
  /** When no debt is left. */
  private clearAt = 0;
  private readonly types = new Set<string>();
  private pauseMs = 100;
  private retry: NodeJS.Timeout | undefined;
  private probe: NodeJS.Timeout | undefined;

  constructor(
    private readonly pool: Pool,
    private readonly wakeUp: WakeUp,
    /** How long the listening connection may go unanswered, in milliseconds; asked that often. */
    private readonly silenceMs = 5_000,
    private readonly tell = hintBy(pool, silenceMs),
  ) {}

  /** Longest sleep of a subscription, in milliseconds: short while nobody can wake it. */
  pollMs(): number {
    return this.listener === undefined ? pollDeafMs : pollListeningMs;
  }

  /** Starts to listen, once; reconnects with capped back-off until closed. */
  listen(): void {
    if (this.wanted) return;
    this.wanted = true;
    void this.connect();
  }

  /** Wakes the subscriptions of this process now, those of others by NOTIFY. Never throws, never waits. */
  appended(types: readonly string[]): void {
    this.wakeUp.signal(types);
    for (const type of types) this.types.add(type);
    this.hintWhenDue();
  }

  close(): void {
    this.closed = true;
    for (const timer of [this.retry, this.probe, this.hint]) clearTimeout(timer);
    this.drop(this.listener);
  }

  private hintWhenDue(): void {
    if (this.hint !== undefined || this.closed) return;
    const wait = Math.max(this.sentAt + hintGapMs, this.clearAt - creditMs) - performance.now();
    if (wait <= 0) void this.send();
    else this.hint = setTimeout(() => void this.send(), wait);
  }

  private async send(): Promise<void> {
    this.hint = undefined;
    this.again = this.sending;
    if (this.sending) return;
    this.sending = true;
    this.sentAt = performance.now();
    const named = [...this.types].join(',');
    this.types.clear();
    try {
      await this.tell(named.length > longestPayload ? '' : named);
    } catch {
      // A lost hint is made up for by polling.
    }
    const debt = debtRatio * (performance.now() - this.sentAt - freeMs);
    this.clearAt = Math.max(this.clearAt, this.sentAt) + Math.max(leastDebtMs, Math.min(debt, mostDebtMs));
    this.sending = false;
    if (this.again) this.hintWhenDue();
  }

  private async connect(): Promise<void> {
    let client: PoolClient | undefined;
    try {
      client = await this.pool.connect();
      const connected = client;
      client.on('error', () => this.lost(connected));
      client.on('end', () => this.lost(connected));
      client.on('notification', ({ payload = '' }) =>
        this.wakeUp.signal(payload === '' ? undefined : payload.split(',')),
      );
      await answerOf(client.query(`listen ${channel}`), this.silenceMs);
      this.listener = client;
      this.pauseMs = 100;
      this.wakeUp.signal();
      if (this.closed) this.drop(client);
      else this.probeLater(connected);
    } catch {
      if (client !== undefined) this.drop(client);
      this.reconnectLater();
    }
  }

  /** A connection that died in silence delivers nothing and reports nothing: it is asked from time to time. */
  private probeLater(client: PoolClient): void {
    this.probe = setTimeout(() => {
      const silent = setTimeout(() => this.lost(client), this.silenceMs);
      client.query('select 1').then(
        () => {
          clearTimeout(silent);
          if (this.listener === client) this.probeLater(client);
        },
        () => clearTimeout(silent),
      );
    }, this.silenceMs);
    this.probe.unref();
  }

  private lost(client: PoolClient): void {
    if (this.listener !== client) return;
    this.drop(client);
    this.reconnectLater();
  }

  private drop(client: PoolClient | undefined): void {
    this.listener = undefined;
    client?.removeAllListeners('notification');
    client?.removeAllListeners('end');
    client?.release(true);
  }

  private reconnectLater(): void {
    if (this.closed) return;
    this.retry = setTimeout(() => void this.connect(), this.pauseMs);
    this.retry.unref();
    this.pauseMs = Math.min(this.pauseMs * 2, maxPauseMs);
  }
}

/** @throws DeadlinePassed when it takes longer than so many milliseconds */
async function answerOf(query: Promise<unknown>, withinMs: number): Promise<void> {
  const deadline = startDeadline({ deadlineMs: withinMs });
  try {
    await deadline.race(query);
  } finally {
    deadline.stop();
  }
}
