import { randomUUID } from 'node:crypto';
import { type Position } from '@balagh/event-store';
import { type Pool } from 'pg';
import { pause } from '../delivery/back-off';
import { type FeedLog } from '../feed-log';

/** Milliseconds. A holder publishes only while enough of its lease is left for a request to be answered or given up. */
export const relayLease = { durationMs: 6_000, renewEveryMs: 1_000, retryEveryMs: 250 } as const;

/** A greater generation takes it from a smaller one at once, but begins only where that one's time would have ended. */
const take = `
insert into relay_lease as l (service, holder, expires_at, generation)
values ($1, $2, now() + $3 * interval '1 millisecond', $4)
on conflict (service) do update set holder = excluded.holder, expires_at = excluded.expires_at, generation = excluded.generation,
  begins_at = case when l.generation < excluded.generation then greatest(l.begins_at, l.expires_at) else l.begins_at end
where l.generation < excluded.generation
  or l.generation = excluded.generation and (l.holder = excluded.holder or l.expires_at < now())
returning ${waitMs('l')} as wait_ms`;

const look = `select generation, ${waitMs('l')} as wait_ms from relay_lease l where service = $1`;

/** The row stays: it remembers the generation. */
const giveBack = `update relay_lease set expires_at = now() - interval '1 millisecond' where service = $1 and holder = $2`;

/** Only while held: who lost the lease may have passed over what only its successor publishes. */
const saveHeld = `
insert into relay_checkpoint as c (service, position)
select $1, $3 where exists (select 1 from relay_lease where service = $1 and holder = $2)
on conflict (service) do update set position = excluded.position, saved_at = now() where c.position < excluded.position`;

function waitMs(row: string): string {
  return `greatest(0, ceil(extract(epoch from ${row}.begins_at - now()) * 1000))::integer`;
}

/**
 * Makes one relay per service publish at a time. Not an advisory lock: a successor must begin only when no request of its
 * predecessor can still be on its way, else a later revision could be published before an earlier one. A lease
 * that was not given back is therefore waited out.
 *
 * A relay reads the types that it knows, and passes over the others for good. So the row keeps the generation of its last holder, a number that
 * grows with what a relay publishes: one of a smaller generation never gets the lease again. After a downgrade nothing is published until
 * the operator deletes the service's row (docs/how-to/upgrade.md).
 */
export class RelayLease {
  private readonly holder = randomUUID();
  private validUntil = 0;
  /** By this process's monotonic clock: from when no request of a predecessor can be on its way. */
  private beginsAt = 0;

  constructor(
    private readonly database: Pool,
    private readonly service: string,
    private readonly generation: number,
    private readonly log: FeedLog,
  ) {}

  /** Milliseconds of the lease that are surely left, by this process's monotonic clock; at most 0 when lost. */
  get left(): number {
    return this.validUntil - performance.now();
  }

  /**
   * Resolves when no relay of a smaller generation publishes or passes over anything any more; takes the lease from it where necessary, and at most
   * as long as a lease lasts. @throws the database's fault
   */
  async supersede(): Promise<void> {
    await this.take();
    const { rows } = await this.database.query<{ generation: number; wait_ms: number }>(look, [this.service]);
    const { generation = this.generation, wait_ms: waitMs = 0 } = rows[0] ?? {};
    if (generation > this.generation) this.log.warn({ event: 'feed.relay.outdated', relay: this.service });
    else await pause(waitMs, new AbortController().signal);
  }

  /** Waits until held; false when given up. */
  async acquire(givenUp: AbortSignal): Promise<boolean> {
    while (!givenUp.aborted) {
      if ((await this.renew()) && this.beginsAt <= performance.now()) return true;
      await pause(relayLease.retryEveryMs, givenUp);
    }
    return false;
  }

  /** Takes or prolongs it. False when another holds it or the database does not answer. */
  async renew(): Promise<boolean> {
    try {
      return await this.take();
    } catch (err) {
      this.log.warn({ event: 'feed.lease.unavailable', relay: this.service, err });
      return false;
    }
  }

  private async take(): Promise<boolean> {
    const asked = performance.now();
    const { service, holder, generation } = this;
    const { rows } = await this.database.query<{ wait_ms: number }>(take, [
      service,
      holder,
      relayLease.durationMs,
      generation,
    ]);
    const [taken] = rows;
    this.validUntil = taken === undefined ? 0 : asked + relayLease.durationMs;
    if (taken !== undefined) this.beginsAt = performance.now() + taken.wait_ms;
    return taken !== undefined;
  }

  /** Where the next holder goes on. Nothing is noted when the lease is another's, and never an earlier position. */
  async saveCheckpoint(position: Position): Promise<void> {
    await this.database.query(saveHeld, [this.service, this.holder, position]);
  }

  /** Gives it back, so that the successor need not wait. Only when no request is on its way. */
  async release(): Promise<void> {
    this.validUntil = 0;
    try {
      await this.database.query(giveBack, [this.service, this.holder]);
    } catch (err) {
      this.log.warn({ event: 'feed.lease.not_released', relay: this.service, err });
    }
  }
}
