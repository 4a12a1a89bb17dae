import { type Author, type CaseEvent, caseStream } from '@balagh/case-events';
import { accept } from '@balagh/decider';
import { type MemoryFeed, createMemoryFeed } from '@balagh/event-feed';
import { type EventStore, createMemoryEventStore, createStreams } from '@balagh/event-store';
import { type Profile } from '@balagh/profile';
import {
  type Principal,
  type RunningPlatform,
  type RunningService,
  createMemoryPlatform,
  manualClock,
  serviceConfig,
  startService,
} from '@balagh/runtime';
import { RoutingModule } from '../src/routing.module';
import { openRoutingTables } from '../src/routing.tables';

/** A token of specifications is its principal in JSON. */
export const tokenOf = (principal: Principal): string =>
  Buffer.from(JSON.stringify(principal)).toString('base64url');

export const staff = (roles: Principal['roles'], tenants: readonly string[] = ['MUS']): Principal => ({
  subject: `account.${roles.join('.').toLowerCase()}`,
  kind: 'staff',
  organisation: tenants[0] ?? 'MUS',
  tenants,
  roles,
});

export interface Running {
  readonly service: RunningService;
  readonly store: EventStore;
  readonly feed: MemoryFeed;
  /** Writes events of any service into a case, as that service would. */
  write(author: Author, tenant: string, id: string, commandId: string, ...events: CaseEvent[]): Promise<void>;
  stop(): Promise<void>;
}

/** The service over gRPC and HTTP with real tables; store and feed in memory, the clock stands still. */
export async function startRouting(databaseUrl: string, profiles: readonly Profile[]): Promise<Running> {
  const store = createMemoryEventStore();
  const feed = createMemoryFeed(store);
  const clock = manualClock('2026-03-01T08:00:00.000Z');
  const config = serviceConfig({ DATABASE_URL: databaseUrl, ISSUER_URL: 'http://issuer.example' });
  const memory = createMemoryPlatform({
    service: 'routing',
    author: 'routing',
    profiles,
    clock,
    parts: { feed },
  });
  const now = (): string => clock.now().toISOString();
  const platform: RunningPlatform = {
    ...memory,
    eventStore: store,
    streams: createStreams(store, { author: 'routing', now }),
    config,
    health: {
      check: () => Promise.resolve({ ready: true, database: 'up', eventStore: 'up', consumers: {} }),
    },
    stopFeed: () => feed.close(),
    close: () => memory.database.end(),
  };
  const tables = await openRoutingTables(config);
  const service = await startService(
    {
      name: 'routing',
      module: () => RoutingModule.over(platform, tables),
      grpc: { package: ['balagh.routing.v1'], protoPath: ['balagh/routing/v1/routing.proto'] },
      http: true,
    },
    {
      config,
      platform,
      verifier: {
        verify: async (token) => JSON.parse(Buffer.from(token, 'base64url').toString()) as Principal,
      },
    },
  );
  return {
    service,
    store,
    feed,
    stop: () => service.stop(),
    write: async (author, tenant, id, commandId, ...events) => {
      const actor = { kind: 'staff', id: 'account.line1', organisation: tenant } as const;
      const context = {
        commandId,
        tenant,
        actor,
        line: '1',
        correlationId: id,
        causationId: commandId,
        profileVersion: 1,
      } as const;
      await createStreams(store, { author, now }).execute(caseStream(id), context, () => accept(...events));
    },
  };
}
