// `npm run rebuild`: every read model of the running system is built anew from the event store, while it runs.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup.mjs';

const home = process.env.BALAGH_DATA ?? join(root, '.balagh');
const file = join(home, 'endpoints.json');
if (process.argv.includes('--help')) {
  console.log(
    'npm run rebuild [-- SERVICE …]\nRebuilds the read models of all services, or of those named, of the system that `npm start` runs.',
  );
  process.exit(0);
}
if (!existsSync(file)) {
  console.error('Balagh is not running here: start it first (npm start).');
  process.exit(1);
}
const { http, issuerUrl } = JSON.parse(readFileSync(file, 'utf8'));
const token = await signIn();
const wanted = process.argv.slice(2);
const services = wanted.length > 0 ? wanted : Object.keys(http);
let failed = 0;
for (const service of services) {
  const response = await fetch(`${http[service]}/internal/rebuild`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'idempotency-key': crypto.randomUUID() },
    signal: AbortSignal.timeout(600_000),
  });
  const body = await response.text();
  console.log(`${response.ok ? 'rebuilt' : 'FAILED '}  ${service.padEnd(13)} ${body}`);
  if (!response.ok) failed += 1;
}
process.exit(failed === 0 ? 0 : 1);

async function signIn() {
  const response = await fetch(`${issuerUrl}/demo/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password: process.env.BALAGH_DEMO_PASSWORD ?? 'demo' }),
  });
  if (!response.ok) throw new Error(`signing in as admin failed: ${response.status}`);
  return (await response.json()).access_token;
}
