import { topics } from '@balagh/case-events';
import { createTopics, defaultPartitions } from '@balagh/event-feed';
import { kafkaSecurityOf } from '@balagh/runtime';
import { bootstrapConfig } from './bootstrap.schema';
import { prepareDatabase } from './database';
import { chosenStore } from './event-store-choice';
import { publishProfiles } from './profiles';

/** One-shot for containers: roles, schemas, event store, keys, profiles and topics; then it ends. Safe to repeat. */
async function main(): Promise<void> {
  const config = bootstrapConfig();
  const databases = await prepareDatabase(config.DATABASE_URL, () => config.ROLE_PASSWORD);
  const store = chosenStore(config.EVENT_STORE, config.EVENT_STORE_URL);
  await publishProfiles(store ?? { kind: 'postgres', url: databases.admin }, console.log);
  if (config.KAFKA_BROKERS !== undefined)
    await createTopics(config.KAFKA_BROKERS, topics, defaultPartitions, kafkaSecurityOf(config));
  console.log('bootstrap: done');
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
