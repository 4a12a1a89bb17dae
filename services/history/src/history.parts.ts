import { openTables } from '@balagh/runtime';
import { type HistoryParts } from './history.module';
import { createCaseIndex } from './outbound/case-index.adapter';
import { CaseIndexEntity } from './outbound/case-index.entity';
import { CaseIndexFilters1764300000000 } from './outbound/case-index-filters.migration';
import { CaseIndex1764000000000 } from './outbound/case-index.migration';

/** Opens the index in the service's own schema, migrated to the newest version. */
export async function openHistoryParts(databaseUrl: string): Promise<HistoryParts> {
  const own = {
    entities: [CaseIndexEntity],
    migrations: [CaseIndex1764000000000, CaseIndexFilters1764300000000],
  };
  const source = await openTables({ DATABASE_URL: databaseUrl }, own, 'balagh-history-index');
  return { index: createCaseIndex(source), close: () => source.destroy() };
}
