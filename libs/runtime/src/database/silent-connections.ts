import { type ClientBase } from 'pg';
import { type Socket } from 'node:net';

/** PostgreSQL said nothing for longer than any statement may take; what it did with the statement is unknown. Safe to try again. */
export class DatabaseSilent extends Error {
  readonly retriable = true;
  readonly code = 'DATABASE_UNAVAILABLE';

  constructor() {
    super('the database does not answer');
    this.name = 'DatabaseSilent';
  }
}

/** What the driver keeps beyond its types. */
interface Connected {
  readonly connection: { readonly stream: Socket };
}

/**
 * To be given to a pool as what it does with each new connection. While an answer is awaited and nothing comes for so many milliseconds, the
 * connection is closed: what was asked on it fails with DatabaseSilent, and the pool makes another. The driver’s own `query_timeout` would
 * leave the connection to the next user, whose statement waits behind the one that was never answered.
 */
export function endsWhenSilent(client: ClientBase, silenceMs: number): void {
  const { stream } = (client as unknown as Connected).connection;
  const query = client.query.bind(client) as (...given: unknown[]) => unknown;
  const asked = (...given: unknown[]): unknown => {
    stream.setTimeout(silenceMs);
    return query(...given);
  };
  client.query = asked as typeof client.query;
  client.on('drain', () => stream.setTimeout(0));
  stream.on('timeout', () => stream.destroy(new DatabaseSilent()));
}
