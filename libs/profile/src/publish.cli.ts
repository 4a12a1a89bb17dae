import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { type EventStoreAddress, eventStoreKind, openEventStore } from '@balagh/event-store';
import { runProfileCommand } from './profile-commands';

/** `npm run profile -- …` */
function eventStore(): EventStoreAddress {
  const given = process.env['EVENT_STORE_URL'];
  if (given !== undefined && given !== '')
    return { kind: eventStoreKind(process.env['EVENT_STORE']), url: given };
  try {
    const endpoints = JSON.parse(readFileSync(join(process.cwd(), '.balagh/endpoints.json'), 'utf8')) as {
      eventStore?: string;
      eventStoreUrl?: unknown;
    };
    if (typeof endpoints.eventStoreUrl === 'string')
      return { kind: eventStoreKind(endpoints.eventStore), url: endpoints.eventStoreUrl };
  } catch {
    // Falls through to the one message that says what to do.
  }
  throw new Error('no event store: set EVENT_STORE_URL, or start an installation with npm start');
}

void runProfileCommand(process.argv.slice(2), {
  openStore: () => openEventStore({ ...eventStore(), applicationName: 'profile-cli' }),
  now: () => new Date().toISOString(),
  account: userInfo().username,
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
}).then((code) => {
  process.exitCode = code;
});
