import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { createPostgresEventStore } from '@balagh/event-store';
import { runProfileCommand } from './profile-commands';

/** `npm run profile -- …` */
function eventStoreUrl(): string {
  const given = process.env['EVENT_STORE_URL'];
  if (given !== undefined && given !== '') return given;
  try {
    const endpoints = JSON.parse(readFileSync(join(process.cwd(), '.balagh/endpoints.json'), 'utf8')) as {
      eventStoreUrl?: unknown;
    };
    if (typeof endpoints.eventStoreUrl === 'string') return endpoints.eventStoreUrl;
  } catch {
    // Falls through to the one message that says what to do.
  }
  throw new Error('no event store: set EVENT_STORE_URL, or start an installation with npm start');
}

void runProfileCommand(process.argv.slice(2), {
  openStore: () =>
    createPostgresEventStore({ connectionString: eventStoreUrl(), applicationName: 'profile-cli' }),
  now: () => new Date().toISOString(),
  account: userInfo().username,
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
}).then((code) => {
  process.exitCode = code;
});
