// A writer to be killed: appends in transactions that stay open for a random while, prints each id after its commit.
// Usage: node kill-writer.mjs <url> <name>
import { randomUUID } from 'node:crypto';
import pg from 'pg';

const [url, name] = process.argv.slice(2);
const client = new pg.Client({ connectionString: url, application_name: `kill-writer-${name}` });
client.on('error', () => process.exit(1));
await client.connect();
process.stdout.write('ready\n');
for (;;) {
  const ids = Array.from({ length: 1 + Math.floor(Math.random() * 3) }, () => randomUUID());
  const all = (value) => ids.map(() => value);
  await client.query('begin');
  await client.query(
    'select * from eventstore.append($1, $2, -1, null, $3::uuid[], $4::text[], $5::text[], $6::text[])',
    [`kill-${randomUUID()}`, 'kill', ids, all('NoteTaken'), all('{}'), all('{}')],
  );
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
  if (Math.random() < 0.1) {
    await client.query('rollback');
    continue;
  }
  await client.query('commit');
  process.stdout.write(`${ids.join('\n')}\n`);
}
