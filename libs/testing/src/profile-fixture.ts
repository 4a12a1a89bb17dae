import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The parsed JSON of `infra/profiles/<tenant>.json`; validate it with `parseProfile`. */
export function profileFixture(tenant: string): unknown {
  const file = join(__dirname, '../../../infra/profiles', `${tenant.toLowerCase()}.json`);
  return JSON.parse(readFileSync(file, 'utf8')) as unknown;
}
