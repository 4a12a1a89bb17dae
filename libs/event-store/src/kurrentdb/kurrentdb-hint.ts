import { type WakeUp } from '../wake-up';
import { type KurrentDbConnection } from './kurrentdb-connection';

const pollHearingMs = 250;
const pollDeafMs = 50;
const maxPauseMs = 5_000;

/**
 * A live subscription whose events are thrown away: it only wakes the readers, who read page by page. So nothing depends on a
 * subscription that ends by itself, is never resumed and buffers for slow consumers without a bound.
 */
export class KurrentDbHint {
  private wanted = false;
  private closed = false;
  private hearing = false;
  private stop: (() => void) | undefined;
  private retry: NodeJS.Timeout | undefined;
  private pauseMs = 100;

  constructor(
    private readonly connection: KurrentDbConnection,
    private readonly wakeUp: WakeUp,
  ) {}

  /** Longest sleep of a subscription, in milliseconds: short while nothing can wake it. */
  pollMs(): number {
    return this.hearing ? pollHearingMs : pollDeafMs;
  }

  listen(): void {
    if (this.wanted) return;
    this.wanted = true;
    this.connect();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.retry);
    this.stop?.();
  }

  private connect(): void {
    try {
      const client = this.connection.get();
      if (this.closed) return;
      const live = client.subscribeToAll({
        fromPosition: 'end',
        filter: { filterOn: 'streamName', regex: '^[^$]', checkpointInterval: 1_000 },
        credentials: this.connection.credentials,
      });
      const lost = (): void => {
        if (this.stop !== undefined) this.again();
      };
      live.on('error', lost).on('close', lost).on('end', lost);
      live.on('confirmation', () => {
        this.hearing = true;
        this.pauseMs = 100;
        this.wakeUp.signal();
      });
      live.on('data', () => this.wakeUp.signal());
      this.stop = () => void live.unsubscribe().catch(() => undefined);
    } catch {
      this.again();
    }
  }

  private again(): void {
    this.hearing = false;
    this.stop = undefined;
    if (this.closed) return;
    this.retry = setTimeout(() => this.connect(), this.pauseMs);
    this.retry.unref();
    this.pauseMs = Math.min(this.pauseMs * 2, maxPauseMs);
  }
}
