import { createRequire } from 'node:module';
import type * as ClientPackage from '@kurrent/kurrentdb-client';
import type { Credentials, KurrentDBClient } from '@kurrent/kurrentdb-client';
import { DeadlinePassed } from '../deadline';
import { StoreClientMissing } from '../event-store.errors';

/** Appends in the air at once. More than about a hundred on a cold connection were seen to hang for ever. */
const maxAppends = 64;
/** A server that hangs answers no new connection either: how often, at most, a client is replaced. */
const replaceEveryMs = 1_000;

/**
 * The client of one store: made at the first call, replaced after a silence, with a gate for appends.
 *
 * Package `@kurrent/kurrentdb-client` is optional and only loaded here: its native part has a licence of its own (KLv1).
 */
export class KurrentDbConnection {
  readonly credentials: Credentials;
  private client: KurrentDBClient | undefined;
  private replacedAt = Number.NEGATIVE_INFINITY;
  private appends = 0;
  private warm = false;
  private readonly queue: (() => void)[] = [];
  private closed = false;
  private readonly clients: typeof ClientPackage;

  /** @throws StoreClientMissing; TypeError for a connection string that would change what this adapter promises */
  constructor(private readonly connectionString: string) {
    const url = new URL(connectionString);
    const setting = (name: string): string | undefined =>
      [...url.searchParams].find(([key]) => key.toLowerCase() === name)?.[1]?.toLowerCase();
    if (setting('throwonappendfailure') === 'false')
      throw new TypeError('throwOnAppendFailure=false reports wrong revisions');
    if (setting('tls') !== 'false' && url.username === '')
      throw new TypeError('KurrentDB over TLS needs user and password in the connection string');
    this.credentials = {
      username: decodeURIComponent(url.username) || 'none',
      password: decodeURIComponent(url.password),
    };
    this.clients = clientPackage();
  }

  get(): KurrentDBClient {
    if (this.closed) throw new TypeError('the event store is closed');
    return (this.client ??= this.clients.KurrentDBClient.connectionString(this.connectionString));
  }

  /** Where a call went silent, the connection may be dead without knowing it: the next calls get another. */
  distrust(error: unknown): void {
    if (!(error instanceof DeadlinePassed)) return;
    const now = performance.now();
    if (now - this.replacedAt < replaceEveryMs) return;
    this.replacedAt = now;
    this.drop();
  }

  /** Runs one append; until the connection has answered once, one at a time. `passed` ends the waiting. */
  async gated<T>(passed: Promise<never>, append: () => Promise<T>): Promise<T> {
    while (this.appends >= (this.warm ? maxAppends : 1)) {
      await Promise.race([new Promise<void>((go) => this.queue.push(go)), passed]);
    }
    this.appends += 1;
    try {
      const result = await append();
      this.warm = true;
      return result;
    } finally {
      this.appends -= 1;
      for (const go of this.queue.splice(0, this.warm ? maxAppends : 1)) go();
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    const { client } = this;
    this.client = undefined;
    await client?.dispose();
  }

  private drop(): void {
    const { client } = this;
    this.client = undefined;
    this.warm = false;
    // Its streams are cancelled; calls in flight have deadlines of their own.
    client?.dispose().catch(() => undefined);
  }
}

/** Loaded by need: whoever runs on PostgreSQL neither has the package nor pays for it. */
function clientPackage(): typeof ClientPackage {
  try {
    return createRequire(__filename)('@kurrent/kurrentdb-client') as typeof ClientPackage;
  } catch (cause) {
    throw new StoreClientMissing(
      'EVENT_STORE=kurrentdb needs the optional package @kurrent/kurrentdb-client: npm install --include=optional',
      { cause },
    );
  }
}
