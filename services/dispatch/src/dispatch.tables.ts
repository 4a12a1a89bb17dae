import { type ServiceConfig, dataSourceOptions } from '@balagh/runtime';
import { DataSource } from 'typeorm';
import { WorkLists1764000000000 } from './outbound/migrations/1764000000000-work-lists.migration';
import { QueueEntryEntity } from './outbound/queue-entry.entity';
import { TimerEntity } from './outbound/timer.entity';
import { TransferEntity } from './outbound/transfer.entity';

/** Opens and migrates the service's own tables. */
export async function openTables(config: Pick<ServiceConfig, 'DATABASE_URL'>): Promise<DataSource> {
  const own = {
    entities: [QueueEntryEntity, TransferEntity, TimerEntity],
    migrations: [WorkLists1764000000000],
  };
  return new DataSource(dataSourceOptions(config, own, 'balagh-dispatch-tables')).initialize();
}
