import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { Client } from 'pg';

/** Where something was kept or said, and its text. */
export interface Place {
  readonly name: string;
  readonly text: string;
}

/** `place: what` for every value that a place holds in clear, or in one of the spellings that are as good as clear. */
export function found(values: Readonly<Record<string, string>>, places: readonly Place[]): readonly string[] {
  return places.flatMap(({ name, text }) =>
    Object.entries(values).flatMap(([what, value]) =>
      spellings(value).some((s) => text.includes(s)) ? [`${name}: ${what}`] : [],
    ),
  );
}

export function spellings(value: string): readonly string[] {
  const bytes = Buffer.from(value, 'utf8');
  const escaped = [...value]
    .map((c) => (c > '\u007e' ? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}` : c))
    .join('');
  // Without the last byte's share: what follows the value decides on it.
  const base64 = bytes.subarray(0, bytes.length - (bytes.length % 3)).toString('base64');
  return [
    ...new Set([
      value,
      escaped,
      escaped.replaceAll('\\u', '\\\\u'),
      encodeURIComponent(value),
      bytes.toString('hex'),
      base64,
    ]),
  ];
}

export function logPlaces(dataDir: string): readonly Place[] {
  const dir = join(dataDir, 'logs');
  return readdirSync(dir).map((name) => ({
    name: `log ${name}`,
    text: readFileSync(join(dir, name), 'utf8'),
  }));
}

/** Every row of every table of ours. */
export async function tablePlaces(url: string): Promise<readonly Place[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const tables = await client.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema') order by 1`,
    );
    const places: Place[] = [];
    for (const { name } of tables.rows) {
      const { rows } = await client.query<{ row: string }>(`select to_jsonb(t)::text as row from ${name} t`);
      places.push({ name: `table ${name}`, text: rows.map(({ row }) => row).join('\n') });
    }
    return places;
  } finally {
    await client.end();
  }
}

/** Every message of every topic, keys and headers included. */
export async function topicPlaces(brokers: string, topics: readonly string[]): Promise<readonly Place[]> {
  const kafka = new Kafka({ clientId: 'canary', brokers: brokers.split(','), logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const ends = new Map<string, number>();
  for (const topic of topics) {
    const offsets = await admin.fetchTopicOffsets(topic);
    ends.set(
      topic,
      offsets.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0),
    );
  }
  await admin.disconnect();
  const texts = new Map<string, string[]>(topics.map((topic) => [topic, []]));
  const consumer = kafka.consumer({ groupId: 'canary' });
  await consumer.connect();
  await consumer.subscribe({ topics: [...topics], fromBeginning: true });
  const complete = (): boolean =>
    topics.every((topic) => (texts.get(topic)?.length ?? 0) >= (ends.get(topic) ?? 0));
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('the topics could not be read within 30 s')), 30_000);
    const check = (): void => {
      if (!complete()) return;
      clearTimeout(late);
      resolve();
    };
    consumer
      .run({
        eachMessage: ({ topic, message: { key, value, headers } }) => {
          texts
            .get(topic)
            ?.push(`${key?.toString() ?? ''} ${value?.toString() ?? ''} ${JSON.stringify(headers ?? {})}`);
          check();
          return Promise.resolve();
        },
      })
      .then(check, reject);
  });
  await consumer.disconnect();
  return [...texts].map(([topic, lines]) => ({ name: `topic ${topic}`, text: lines.join('\n') }));
}
