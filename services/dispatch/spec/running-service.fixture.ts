import { type Author, type CaseEvent, type Line, caseStream } from '@balagh/case-events';
import { type common } from '@balagh/contracts';
import { accept } from '@balagh/decider';
import { type MemoryFeed, createMemoryFeed } from '@balagh/event-feed';
import { type EventStore, createMemoryEventStore, createStreams } from '@balagh/event-store';
import { createMemoryPrivacy } from '@balagh/privacy';
import { type Profile, createStaticProfiles } from '@balagh/profile';
import {
  type GrpcError,
  type Principal,
  type RunningPlatform,
  type RunningService,
  createGrpcClient,
  createMemoryPlatform,
  grpcError,
  manualClock,
  serviceConfig,
  startService,
} from '@balagh/runtime';
import { type Observable } from 'rxjs';
import { TimerPoller } from '../src/application/timer-poller';
import { DispatchModule } from '../src/dispatch.module';
import { openDispatchTables } from '../src/dispatch.tables';

/** Several digits apart: kind 1 cases, 2 subjects, 3 commands, 4 messages. */
export const uuid = (kind: number, n: number): string =>
  `${kind}0000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** A token of specifications is its principal in JSON. */
const tokenOf = (principal: Principal): string =>
  Buffer.from(JSON.stringify(principal)).toString('base64url');

export const staff = (
  roles: Principal['roles'],
  party?: Principal['party'],
  tenants: readonly string[] = ['MUS'],
): Principal => ({
  subject: `account.${roles.join('.').toLowerCase()}`,
  kind: 'staff',
  organisation: tenants[0] ?? 'MUS',
  tenants,
  roles,
  ...(party === undefined ? {} : { party }),
});
export const distributor = staff(['LINE2']);
export const agent = staff(['LINE1']);
export const cleaning = staff(['LINE3'], { code: 'DIR-SERVICES', section: 'SEC-CLEANING' });
export const agency = (code: string): Principal => ({
  subject: `agency.${code.toLowerCase()}`,
  kind: 'partner',
  organisation: code,
  tenants: ['MUS'],
  roles: ['PARTNER'],
  agency: code,
});

/** Outlives a restart of the service. */
export interface World {
  readonly store: EventStore;
  readonly clock: ReturnType<typeof manualClock>;
  readonly privacy: ReturnType<typeof createMemoryPrivacy>;
  /** Versions of profiles in order of publication; more may be added. */
  readonly profiles: Profile[];
  readonly databaseUrl: string;
}

export const newWorld = (databaseUrl: string, profiles: Profile[]): World => ({
  store: createMemoryEventStore(),
  // Sunday 1 March 2026, 12:00 in Muscat.
  clock: manualClock('2026-03-01T08:00:00.000Z'),
  privacy: createMemoryPrivacy(),
  profiles,
  databaseUrl,
});

type Answer = common.CommandResult & { readonly error?: undefined };

/** The service over gRPC and HTTP with real tables; store, feed and keys in memory, the clock stands still. */
export class RunningDispatch {
  private commands = 0;

  private constructor(
    readonly world: World,
    readonly service: RunningService,
    readonly feed: MemoryFeed,
  ) {}

  static async start(world: World): Promise<RunningDispatch> {
    const { store, clock, privacy } = world;
    const feed = createMemoryFeed(store);
    const config = serviceConfig({ DATABASE_URL: world.databaseUrl, ISSUER_URL: 'http://issuer.example' });
    const now = (): string => clock.now().toISOString();
    // Asks for the list each time: a specification may publish a version while the service runs.
    const profiles = {
      latest: (tenant: string) => createStaticProfiles(world.profiles).latest(tenant),
      at: (tenant: string, version: number) => createStaticProfiles(world.profiles).at(tenant, version),
      tenants: () => createStaticProfiles(world.profiles).tenants(),
    };
    const memory = createMemoryPlatform({
      service: 'dispatch',
      author: 'dispatch',
      clock,
      parts: { feed, privacy, profiles },
    });
    const platform: RunningPlatform = {
      ...memory,
      eventStore: store,
      streams: createStreams(store, { author: 'dispatch', now }),
      config,
      health: {
        check: () => Promise.resolve({ ready: true, database: 'up', eventStore: 'up', consumers: {} }),
      },
      stopFeed: () => feed.close(),
      close: () => memory.database.end(),
    };
    const tables = await openDispatchTables(config);
    const timers = { owner: 'specification', everyMs: 3_600_000 };
    const service = await startService(
      {
        name: 'dispatch',
        module: () => DispatchModule.over(platform, { tables, timers }),
        grpc: {
          package: ['balagh.dispatch.v1', 'balagh.partner.v1'],
          protoPath: ['balagh/dispatch/v1/dispatch.proto', 'balagh/partner/v1/partner.proto'],
        },
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
    return new RunningDispatch(world, service, feed);
  }

  get poller(): TimerPoller {
    return this.service.app.get(TimerPoller);
  }

  stop(): Promise<void> {
    return this.service.stop();
  }

  /** Sets the clock and lets due timers take effect. */
  async at(time: string): Promise<void> {
    this.world.clock.set(time);
    await this.poller.look();
    await this.feed.drain();
  }

  /** Writes events of another service into a case, as that service would. */
  async write(
    author: Author,
    caseId: string,
    events: readonly CaseEvent[],
    line: Line = 'system',
    tenant = 'MUS',
    profileVersion = 1,
  ): Promise<void> {
    const { store, clock } = this.world;
    const streams = createStreams(store, { author, now: () => clock.now().toISOString() });
    const commandId = uuid(9, (this.commands += 1));
    const actor = {
      kind: line === 'system' ? 'system' : 'staff',
      id: `account.line${line}`,
      organisation: tenant,
    } as const;
    const context = {
      commandId,
      tenant,
      actor,
      line,
      correlationId: caseId,
      causationId: commandId,
      profileVersion,
    };
    await streams.execute(caseStream(caseId), context, () => accept(...events));
  }

  async events(
    caseId: string,
  ): Promise<readonly { type: string; data: Record<string, unknown>; metadata: Record<string, unknown> }[]> {
    const read = await this.world.store.readStream(caseStream(caseId));
    const events = read.kind === 'found' ? read.events : [];
    const parse = (json: string): Record<string, unknown> => JSON.parse(json) as Record<string, unknown>;
    return events.map(({ type, data, metadata }) => ({ type, data: parse(data), metadata: parse(metadata) }));
  }

  async types(caseId: string): Promise<string[]> {
    return (await this.events(caseId)).map(({ type }) => type);
  }

  /** Calls an rpc; a refusal is answered as `{ error }`. The messages of the feed are delivered before and after. */
  async call<Reply>(
    service: 'Dispatch' | 'Partner',
    method: string,
    principal: Principal,
    request: object,
  ): Promise<Reply | { readonly error: GrpcError }> {
    await this.feed.drain();
    const client = createGrpcClient<Record<string, (request: object) => Observable<Reply>>>(
      `balagh.${service.toLowerCase()}.v1`,
      service,
      `127.0.0.1:${this.service.grpcPort}`,
      { token: tokenOf(principal), retries: 0 },
    );
    try {
      return (await client[method]?.(request)) as Reply;
    } catch (error) {
      const read = grpcError(error);
      if (read === undefined) throw error;
      return { error: read };
    } finally {
      client.close();
      await this.feed.drain();
    }
  }

  /** A command of `balagh.dispatch.v1` in the caller's tenant, with a fresh command id. */
  command(
    method: string,
    principal: Principal,
    request: object,
    header: object = {},
  ): Promise<Answer | { readonly error: GrpcError }> {
    const commandId = uuid(8, (this.commands += 1));
    return this.call('Dispatch', method, principal, {
      header: { commandId, tenant: principal.tenants[0], ...header },
      ...request,
    });
  }

  /** The code of a refusal; the types of the events otherwise. */
  async outcome(
    method: string,
    principal: Principal,
    request: object,
    header: object = {},
  ): Promise<string | readonly string[]> {
    const answer = await this.command(method, principal, request, header);
    return answer.error === undefined ? answer.events : answer.error.reason;
  }

  http(path: string, principal: Principal): Promise<Response> {
    const headers = { authorization: `Bearer ${tokenOf(principal)}` };
    return fetch(`http://127.0.0.1:${this.service.httpPort}/internal/${path}`, { method: 'POST', headers });
  }
}
