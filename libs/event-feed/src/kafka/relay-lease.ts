import { randomUUID } from 'node:crypto';
import { type Pool } from 'pg';
import { pause } from '../delivery/back-off';
import { type FeedLog } from '../feed-log';

/** Milliseconds. A holder publishes only while enough of its lease is left for a request to be answered or given up. */
export const relayLease = { durationMs: 6_000, renewEveryMs: 1_000, retryEveryMs: 250 } as const;

const take = `
insert into relay_lease as l (service, holder, expires_at) values ($1, $2, now() + $3 * interval '1 millisecond')
on conflict (service) do update set holder = excluded.holder, expires_at = excluded.expires_at
where l.holder = excluded.holder or l.expires_at < now()`;

/**
 * Makes one relay per service publish at a time. Not an advisory lock: a successor must begin only when no request of its
 * predecessor can still be on its way, else a later revision could be published before an earlier one. A lease
 * that was not given back is therefore waited out.
 */
export class RelayLease {
  private readonly holder = randomUUID();
  private validUntil = 0;

  constructor(
    private readonly database: Pool,
    private readonly service: string,
    private readonly log: FeedLog,
  ) {}

  /** Milliseconds of the lease that are surely left, by this process's monotonic clock; at most 0 when lost. */
  get left(): number {
    return this.validUntil - performance.now();
  }

  /** Waits until held; false when given up. */
  async acquire(givenUp: AbortSignal): Promise<boolean> {
    while (!givenUp.aborted) {
      if (await this.renew()) return true;
      await pause(relayLease.retryEveryMs, givenUp);
    }
    return false;
  }

  /** Takes or prolongs it. False when another holds it or the database does not answer. */
  async renew(): Promise<boolean> {
    const asked = performance.now();
    try {
      const { rowCount } = await this.database.query(take, [
        this.service,
        this.holder,
        relayLease.durationMs,
      ]);
      if (rowCount === 1) this.validUntil = asked + relayLease.durationMs;
      else this.validUntil = 0;
      return rowCount === 1;
    } catch (err) {
      this.log.warn({ event: 'feed.lease.unavailable', relay: this.service, err });
      return false;
    }
  }

  /** Gives it back, so that the successor need not wait. Only when no request is on its way. */
  async release(): Promise<void> {
    this.validUntil = 0;
    try {
      await this.database.query('delete from relay_lease where service = $1 and holder = $2', [
        this.service,
        this.holder,
      ]);
    } catch (err) {
      this.log.warn({ event: 'feed.lease.not_released', relay: this.service, err });
    }
  }
}
