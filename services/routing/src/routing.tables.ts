import { type ServiceConfig, openTables } from '@balagh/runtime';
import { type DataSource } from 'typeorm';
import { RoutingDecision1764000000000 } from './outbound/migrations/1764000000000-routing-decision.migration';
import { RoutingDecisionEntity } from './outbound/routing-decision.entity';

/** Opens and migrates the service's own tables. */
export function openRoutingTables(config: Pick<ServiceConfig, 'DATABASE_URL'>): Promise<DataSource> {
  const own = { entities: [RoutingDecisionEntity], migrations: [RoutingDecision1764000000000] };
  return openTables(config, own, 'balagh-routing-tables');
}
