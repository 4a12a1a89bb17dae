import { beginAnew } from './after-restore';

/** One-shot after a restore, before any service starts: `DATABASE_URL` is an administrator's address of the server. Safe to repeat. */
async function main(): Promise<void> {
  const serverUrl = process.env['DATABASE_URL'];
  if (serverUrl === undefined || serverUrl === '') throw new TypeError('DATABASE_URL is missing');
  const { relays, position } = await beginAnew(serverUrl);
  console.log(`relays publish everything again: ${relays.join(', ') || 'none has run'}`);
  console.log(`positions go on from ${position}`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
