// `npm run redrive`: shows the parked cases of the running system; with a consumer and a case, hands them over again.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup.mjs';

const home = process.env.BALAGH_DATA ?? join(root, '.balagh');
const file = process.env.BALAGH_ENDPOINTS ?? join(home, 'endpoints.json');
const [consumer, caseId] = process.argv.slice(2);
if (consumer === '--help' || (consumer !== undefined && consumer !== '--all' && caseId === undefined)) {
  console.log(`npm run redrive                        lists the parked cases
npm run redrive -- CONSUMER CASE_ID    hands the waiting messages of this case to this consumer again, in order
npm run redrive -- --all               every parked case, oldest first
Exit status 1 when a case stays parked.`);
  process.exit(consumer === '--help' ? 0 : 2);
}
if (!existsSync(file)) {
  console.error('Balagh is not running here: start it first (npm start).');
  process.exit(1);
}
const { http, issuerUrl } = JSON.parse(readFileSync(file, 'utf8'));
const token = await signIn();
const parked = (await Promise.all(Object.keys(http).map(parkedOf))).flat();
const asked =
  consumer === undefined || consumer === '--all'
    ? parked
    : [
        parked.find((p) => p.consumer === consumer && p.caseId === caseId) ?? {
          service: consumer.split('.')[0],
          consumer,
          caseId,
        },
      ];
let failed = 0;
for (const one of asked) {
  if (consumer === undefined) {
    console.log(
      `${one.parkedAt}  ${one.consumer}  ${one.caseId}  ${one.topic} revision ${one.revision}  ${one.reason}`,
    );
    continue;
  }
  const answer = await call(one.service, 'POST', '/internal/redrive', {
    consumer: one.consumer,
    caseId: one.caseId,
  });
  console.log(
    `${answer.ok ? 'redriven' : 'FAILED  '}  ${one.consumer}  ${one.caseId}${answer.ok ? '' : `  ${await answer.text()}`}`,
  );
  if (!answer.ok) failed += 1;
}
if (asked.length === 0) console.log('nothing is parked');
process.exit(failed === 0 ? 0 : 1);

async function parkedOf(service) {
  const answer = await call(service, 'GET', '/internal/parked');
  if (!answer.ok) throw new Error(`${service} answered ${answer.status}`);
  return (await answer.json()).parked.map((one) => ({ ...one, service }));
}

function call(service, method, path, body) {
  if (http[service] === undefined) throw new Error(`no service ${service}`);
  return fetch(`${http[service]}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(120_000),
  });
}

async function signIn() {
  const answer = await fetch(`${issuerUrl}/demo/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password: process.env.BALAGH_DEMO_PASSWORD ?? 'demo' }),
  });
  if (!answer.ok) throw new Error(`signing in as admin failed: ${answer.status}`);
  return (await answer.json()).access_token;
}
