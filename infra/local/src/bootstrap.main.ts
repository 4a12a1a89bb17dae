import { topics } from '@balagh/case-events';
import { prepareDatabase } from './database';
import { createTopics } from '@balagh/event-feed';
import { publishProfiles } from './profiles';

/**
 * One-shot for containers: roles, schemas, event store, keys, profiles and topics; then it ends. Safe to repeat.
 * DATABASE_URL (a superuser's address), ROLE_PASSWORD (of every service role), KAFKA_BROKERS (optional).
 */
async function main(): Promise<void> {
  const serverUrl = process.env['DATABASE_URL'];
  const password = process.env['ROLE_PASSWORD'];
  if (serverUrl === undefined || password === undefined)
    throw new Error('DATABASE_URL and ROLE_PASSWORD are needed');
  const databases = await prepareDatabase(serverUrl, () => password);
  await publishProfiles(databases.admin, console.log);
  const brokers = process.env['KAFKA_BROKERS'];
  if (brokers !== undefined && brokers !== '') await createTopics(brokers, topics, 12);
  console.log('bootstrap: done');
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
