import { topics } from '@balagh/case-events';
import { createTopics, defaultPartitions } from '@balagh/event-feed';
import { kafkaSecurityOf } from '@balagh/runtime';
import { bootstrapConfig } from './bootstrap.schema';
import { prepareDatabase } from './database';
import { chosenStore } from './event-store-choice';
import { type ChosenProfiles, publishProfiles } from './profiles';

/** One-shot for containers: roles, schemas, event store, keys, chosen profiles and topics; then it ends. Safe to repeat. */
async function main(): Promise<void> {
  const config = bootstrapConfig();
  const databases = await prepareDatabase(config.DATABASE_URL, () => config.ROLE_PASSWORD);
  const store = chosenStore(config.EVENT_STORE, config.EVENT_STORE_URL);
  const address = store ?? { kind: 'postgres', url: databases.admin };
  await publishProfiles(address, console.log, chosenProfiles(config.BOOTSTRAP_PROFILES));
  if (config.KAFKA_BROKERS !== undefined)
    await createTopics(config.KAFKA_BROKERS, topics, defaultPartitions, kafkaSecurityOf(config));
  console.log('bootstrap: done');
}

function chosenProfiles(setting: string): ChosenProfiles {
  if (setting === 'all') return 'all';
  return setting === 'none' ? [] : setting.split(',');
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
