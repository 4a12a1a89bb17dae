import { Client } from 'pg';

/** They publish to Kafka what their relays have not published yet. */
const publishers = ['intake', 'routing', 'dispatch', 'notification'] as const;

/** Positions that a restore may have taken back, at most: those of the epoch before stay unused. */
const epoch = 1_000_000_000;

/**
 * Makes a restored database `balagh` begin anew before any service starts: relays publish everything again, because what they had published may
 * have been handled only after the dump (a message that comes again has one effect); and no position is given out twice. Safe to repeat.
 * @returns the services whose relays begin anew, and the first position of the new epoch
 */
export async function beginAnew(
  serverUrl: string,
  database = '/balagh',
): Promise<{ readonly relays: readonly string[]; readonly position: number }> {
  const url = new URL(serverUrl);
  url.pathname = database;
  const client = new Client({ connectionString: url.href });
  await client.connect();
  try {
    await client.query('begin');
    const relays: string[] = [];
    for (const service of publishers) if (await forgetPublished(client, service)) relays.push(service);
    const { rows } = await client.query<{ position: string }>(
      `select setval('eventstore.positions', (select coalesce(max(position), 0) from eventstore.events) + $1) as position`,
      [epoch],
    );
    await client.query('commit');
    return { relays, position: Number(rows[0]?.position) };
  } finally {
    await client.end();
  }
}

/** @returns false where the service has never run: it begins at the start in any case */
async function forgetPublished(client: Client, service: string): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>(`select to_regclass($1) is not null as there`, [
    `${service}.relay_checkpoint`,
  ]);
  if (rows[0]?.there !== true) return false;
  await client.query(`delete from ${service}.relay_checkpoint`);
  return true;
}
