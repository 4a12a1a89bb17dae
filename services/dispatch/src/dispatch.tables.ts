import { type ServiceConfig, observe, openTables } from '@balagh/runtime';
import { type DataSource } from 'typeorm';
import { WorkLists1764000000000 } from './outbound/migrations/1764000000000-work-lists.migration';
import { PutCases1764000000001 } from './outbound/migrations/1764000000001-put-cases.migration';
import { TransfersByCase1764600000000 } from './outbound/migrations/1764600000000-transfers-by-case.migration';
import { QueueEntryEntity } from './outbound/queue-entry.entity';
import { TimerEntity } from './outbound/timer.entity';
import { workListGauges } from './outbound/work-list-gauges.adapter';
import { TransferEntity } from './outbound/transfer.entity';

/** Opens and migrates the service's own tables, and lets operators watch them. */
export async function openDispatchTables(config: Pick<ServiceConfig, 'DATABASE_URL'>): Promise<DataSource> {
  const own = {
    entities: [QueueEntryEntity, TransferEntity, TimerEntity],
    migrations: [WorkLists1764000000000, PutCases1764000000001, TransfersByCase1764600000000],
  };
  const tables = await openTables(config, own, 'balagh-dispatch-tables');
  observe(workListGauges(tables));
  return tables;
}
