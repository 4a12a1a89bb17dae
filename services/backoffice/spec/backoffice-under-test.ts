import { type MemoryFeed, createMemoryFeed } from '@balagh/event-feed';
import { createStaticProfiles } from '@balagh/profile';
import {
  type Principal,
  type RunningPlatform,
  type RunningService,
  createMemoryPlatform,
  serviceConfig,
  startService,
} from '@balagh/runtime';
import { type ForwardedCommand } from '../src/application/commands.port';
import { type Tokens, SignInFailed } from '../src/application/identity-provider.port';
import { type BackofficeParts, BackofficeModule } from '../src/backoffice.module';
import { servePages } from '../src/inbound/http/serve-pages';
import { CaseWorld, profileOf, uuid } from './case-world';
import { createMemoryRows, createMemorySessionTable } from './memory-rows';

export const publicUrl = 'http://localhost:3999';
/** A token of specifications is its principal in JSON. */
export const tokenOf = (principal: Principal): string =>
  Buffer.from(JSON.stringify(principal)).toString('base64url');

/** The back office over HTTP; store, rows, sessions and issuer in memory, the deciding services answer as told. */
export class BackofficeUnderTest {
  readonly sent: ForwardedCommand[] = [];
  readonly feed: MemoryFeed;
  /** Next answer of the deciding services; absent: accepted. */
  refuse: Error | undefined;
  /** Who signs in at the issuer. */
  signsIn: Principal | undefined;

  private constructor(
    readonly world: CaseWorld,
    readonly service: RunningService,
    feed: MemoryFeed,
  ) {
    this.feed = feed;
  }

  static async start(consoleDirectory?: string): Promise<BackofficeUnderTest> {
    const world = new CaseWorld();
    const { clock, privacy, store } = world;
    const feed = createMemoryFeed(store);
    const profiles = createStaticProfiles([profileOf('MUS'), profileOf('TOURISM')]);
    const memory = createMemoryPlatform({
      service: 'backoffice',
      author: 'access',
      clock,
      parts: { feed, privacy, profiles, eventStore: store },
    });
    const config = serviceConfig({
      DATABASE_URL: 'postgres://nowhere/none',
      ISSUER_URL: 'http://issuer.example',
    });
    const platform: RunningPlatform = {
      ...memory,
      config,
      health: {
        check: () => Promise.resolve({ ready: true, database: 'up', eventStore: 'up', consumers: {} }),
      },
      stopFeed: () => feed.close(),
      close: () => memory.database.end(),
    };
    const holder: { self?: BackofficeUnderTest } = {};
    const parts = partsFor(() => holder.self, clock, consoleDirectory);
    const verifier = {
      verify: async (token: string) => JSON.parse(Buffer.from(token, 'base64url').toString()) as Principal,
    };
    const service = await startService(
      {
        name: 'backoffice',
        author: 'access',
        module: () => BackofficeModule.over(platform, parts),
        http: true,
        prepare: servePages,
      },
      { config, platform, verifier },
    );
    holder.self = new BackofficeUnderTest(world, service, feed);
    return holder.self;
  }

  stop(): Promise<void> {
    return this.service.stop();
  }

  get origin(): string {
    return `http://127.0.0.1:${this.service.httpPort}`;
  }

  /** As a machine with its own token. */
  as(principal: Principal, path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.origin}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${tokenOf(principal)}`, ...init.headers },
    });
  }

  act(principal: Principal, path: string, body: unknown, key = uuid(8, 1)): Promise<Response> {
    const headers = { 'content-type': 'application/json', 'idempotency-key': key };
    return this.as(principal, path, { method: 'POST', headers, body: JSON.stringify(body) });
  }
}

function partsFor(
  self: () => BackofficeUnderTest | undefined,
  clock: { now(): Date },
  consoleDirectory: string | undefined,
): BackofficeParts {
  return {
    config: {
      BALAGH_MODE: 'demo',
      ISSUER_URL: 'http://issuer.example',
      PUBLIC_URL: publicUrl,
      SESSION_SECRET: 'a secret of at least thirty-two characters',
      OIDC_CLIENT_ID: 'balagh-console',
      INTAKE_GRPC: '-',
      ROUTING_GRPC: '-',
      DISPATCH_GRPC: '-',
      ...(consoleDirectory === undefined ? {} : { CONSOLE_DIR: consoleDirectory }),
    },
    rows: createMemoryRows(),
    sessionTable: createMemorySessionTable(),
    identity: {
      begin: async (returnTo) => {
        const attempt = {
          state: 'state-1',
          nonce: 'nonce-1',
          verifier: 'verifier-1',
          returnTo,
          expiresAt: clock.now().getTime() + 600_000,
        };
        return { address: 'http://issuer.example/authorize?state=state-1', attempt };
      },
      complete: async (callback, attempt): Promise<Tokens> => {
        const who = self()?.signsIn;
        if (who === undefined || callback.searchParams.get('state') !== attempt.state)
          throw new SignInFailed();
        return { accessToken: tokenOf(who), expiresAt: clock.now().getTime() + 3_600_000 };
      },
      refresh: () => Promise.reject(new SignInFailed()),
      endAddress: async () => 'http://issuer.example/end',
    },
    commands: {
      send: async (command) => {
        const test = self();
        test?.sent.push(command);
        if (test?.refuse !== undefined) throw test.refuse;
        const caseId =
          typeof command.request['caseId'] === 'string' ? command.request['caseId'] : uuid(1, 77);
        return { caseId, decisionVersion: 5, caseNumber: 'MUS-2026-000001', events: ['FollowUpRecorded'] };
      },
    },
    close: async () => undefined,
  };
}
