import { Client, type Pool } from 'pg';
import { pause } from '../delivery/back-off';
import { type FeedLog } from '../feed-log';

const retryMs = 250;
const probeMs = 5_000;

/**
 * Who of a consumer's replicas handles messages: holders of session-level advisory locks on one connection. A dead
 * process loses them with its connection, at once; a dead machine after about 15 s, by the server's keep-alive probes.
 * A holder that lost its connection stops, but what it was handling may still complete: effects must be repeatable.
 */
export class ConsumerLeases {
  private connection: Promise<Client> | undefined;
  private readonly held = new Map<string, AbortController>();
  private probe: NodeJS.Timeout | undefined;

  constructor(
    private readonly pool: Pool,
    private readonly log: FeedLog,
  ) {}

  /** Waits until this process is the one. The returned signal aborts when the lease is lost. Undefined when given up. */
  async acquire(consumer: string, givenUp: AbortSignal): Promise<AbortSignal | undefined> {
    while (!givenUp.aborted) {
      try {
        const client = await this.connected();
        const { rows } = await client.query<{ won: boolean }>(
          `select pg_try_advisory_lock(hashtextextended('balagh.feed.' || current_schema() || '.' || $1, 0)) as won`,
          [consumer],
        );
        if (rows[0]?.won === true) {
          const lost = new AbortController();
          this.held.set(consumer, lost);
          return lost.signal;
        }
      } catch (err) {
        this.log.warn({ event: 'feed.lease.unavailable', consumer, err });
      }
      await pause(retryMs, givenUp);
    }
    return undefined;
  }

  async release(consumer: string): Promise<void> {
    if (!this.held.delete(consumer) || this.connection === undefined) return;
    try {
      const client = await this.connection;
      await client.query(
        `select pg_advisory_unlock(hashtextextended('balagh.feed.' || current_schema() || '.' || $1, 0))`,
        [consumer],
      );
    } catch (err) {
      this.log.warn({ event: 'feed.lease.not_released', consumer, err });
      await this.close();
    }
  }

  /** Gives up every lease. */
  async close(): Promise<void> {
    const { connection } = this;
    this.lose();
    await connection?.then((client) => client.end()).catch(() => undefined);
  }

  private connected(): Promise<Client> {
    this.connection ??= this.connect().catch((error: unknown) => {
      this.connection = undefined;
      throw error;
    });
    return this.connection;
  }

  private async connect(): Promise<Client> {
    // The pool's own options: address, role and search_path of the service.
    const client = new Client({
      ...this.pool.options,
      password: this.pool.options.password,
      query_timeout: 5_000,
    });
    const lost = (): void => {
      client.removeAllListeners('end');
      void client.end().catch(() => undefined);
      this.lose();
    };
    client.on('error', lost);
    client.on('end', lost);
    await client.connect();
    await client.query(
      'set tcp_keepalives_idle = 5; set tcp_keepalives_interval = 3; set tcp_keepalives_count = 3',
    );
    this.probe = setInterval(() => void client.query('select 1').catch(lost), probeMs);
    this.probe.unref();
    return client;
  }

  private lose(): void {
    clearInterval(this.probe);
    this.connection = undefined;
    for (const lost of this.held.values()) lost.abort();
    this.held.clear();
  }
}
