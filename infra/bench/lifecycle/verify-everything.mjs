import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../local/setup.mjs';
import { withClient } from './database.mjs';

const require = createRequire(join(root, 'package.json'));
const { readModels } = require(join(root, 'infra/local/dist/faults/read-models.js'));

/** `npm run case -- verify` over all cases, and every read model against itself rebuilt from the events, as the fault drill does. */
export async function verifyEverything(endpoints, dataDir) {
  const query = (sql, values = []) =>
    withClient(endpoints.adminDatabaseUrl, async (client) => (await client.query(sql, values)).rows);
  const chains = await caseVerify(dataDir);
  const models = await readModels({ endpoints, query });
  return {
    found: [chains.said.split('\n').at(-1), models.found],
    problems: [...(chains.ok ? [] : [chains.said]), ...models.problems],
  };
}

function caseVerify(dataDir) {
  const env = { ...process.env, DATABASE_URL: '', BALAGH_ENDPOINTS: join(dataDir, 'endpoints.json') };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(root, 'services/history/dist/entrypoints/case.cli.js'), 'verify'],
      { env, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => resolve({ ok: error === null, said: `${stdout}${stderr}`.trim() }),
    );
  });
}
