import { dataSourceOptions } from '@balagh/runtime';
import { DataSource } from 'typeorm';
import { type HistoryParts } from './history.module';
import { createCaseIndex } from './outbound/case-index.adapter';
import { CaseIndexEntity } from './outbound/case-index.entity';
import { CaseIndex1764000000000 } from './outbound/case-index.migration';

/** Opens the index in the service's own schema, migrated to the newest version. */
export async function openHistoryParts(databaseUrl: string): Promise<HistoryParts> {
  const options = dataSourceOptions(
    { DATABASE_URL: databaseUrl },
    { entities: [CaseIndexEntity], migrations: [CaseIndex1764000000000] },
    'balagh-history-index',
  );
  const source = await new DataSource(options).initialize();
  return { index: createCaseIndex(source), close: () => source.destroy() };
}
