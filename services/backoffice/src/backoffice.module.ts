import {
  type DynamicModule,
  Inject,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { PLATFORM, type Platform } from '@balagh/runtime';
import { ListCases } from './application/case-list.handler';
import { ShowCase } from './application/case-page.handler';
import { type CaseRows } from './application/case-rows.port';
import { CaseViews } from './application/case-views';
import { type Commands } from './application/commands.port';
import { type BackofficeConfig } from './application/config.schema';
import { type IdentityProvider } from './application/identity-provider.port';
import { LiveUpdates } from './application/live-updates';
import { PerformAction } from './application/perform-action.handler';
import { ProjectCase } from './application/project-case.handler';
import { ShowProfile } from './application/public-profile.handler';
import { type SessionTable, Sessions } from './application/sessions';
import { CaseRowProjection } from './inbound/feed/case-row.projection';
import { CasesController } from './inbound/http/cases.controller';
import { LiveController } from './inbound/http/live.controller';
import { MeController } from './inbound/http/me.controller';
import { RebuildController } from './inbound/http/rebuild.controller';
import { type SessionCookies, sessionCookies } from './inbound/http/session-cookie';
import { SessionController } from './inbound/http/session.controller';
import { sessionMiddleware } from './inbound/http/session.middleware';
import {
  BACKOFFICE_CONFIG,
  CASE_ROWS,
  COMMANDS,
  IDENTITY_PROVIDER,
  SESSION_COOKIES,
} from './inbound/http/tokens';

/** What the module stands on besides the platform; specifications give their own. */
export interface BackofficeParts {
  readonly config: BackofficeConfig;
  readonly rows: CaseRows;
  readonly sessionTable: SessionTable;
  readonly identity: IdentityProvider;
  readonly commands: Commands;
  /** Closes what the parts hold open. */
  readonly close: () => Promise<void>;
}

const CLOSE = Symbol('backoffice.close');
const sweepEveryMs = 10 * 60_000;

@Module({})
export class BackofficeModule implements NestModule, OnModuleInit, OnApplicationShutdown {
  private sweeping: NodeJS.Timeout | undefined;

  constructor(
    @Inject(Sessions) private readonly sessions: Sessions,
    @Inject(SESSION_COOKIES) private readonly cookies: SessionCookies,
    @Inject(BACKOFFICE_CONFIG) private readonly config: BackofficeConfig,
    @Inject(PLATFORM) private readonly platform: Platform,
    @Inject(CLOSE) private readonly closeParts: () => Promise<void>,
  ) {}

  static over(platform: Platform, parts: BackofficeParts): DynamicModule {
    const { config, rows, commands, identity, sessionTable } = parts;
    const { clock, eventStore, log, privacy, profiles, streams } = platform;
    const live = new LiveUpdates();
    const projection = new ProjectCase(eventStore, streams, rows, live);
    const pages = { store: eventStore, privacy, profiles, clock, log, views: new CaseViews(streams, clock) };
    return {
      module: BackofficeModule,
      controllers: [SessionController, MeController, LiveController, CasesController, RebuildController],
      providers: [
        { provide: BACKOFFICE_CONFIG, useValue: config },
        { provide: CASE_ROWS, useValue: rows },
        { provide: COMMANDS, useValue: commands },
        { provide: IDENTITY_PROVIDER, useValue: identity },
        { provide: SESSION_COOKIES, useValue: sessionCookies(config.PUBLIC_URL) },
        { provide: CLOSE, useValue: parts.close },
        { provide: Sessions, useValue: new Sessions(sessionTable, identity, clock, config.SESSION_SECRET) },
        { provide: LiveUpdates, useValue: live },
        { provide: ProjectCase, useValue: projection },
        { provide: ListCases, useValue: new ListCases(rows, profiles, clock) },
        { provide: ShowCase, useValue: new ShowCase(pages) },
        { provide: ShowProfile, useValue: new ShowProfile(profiles, clock) },
        { provide: PerformAction, useValue: new PerformAction(commands, projection, log) },
        CaseRowProjection,
      ],
    };
  }

  configure(consumer: MiddlewareConsumer): void {
    const session = sessionMiddleware(this.sessions, this.cookies, this.config.PUBLIC_URL);
    consumer.apply(session).forRoutes('api/{*path}', 'internal/{*path}');
  }

  onModuleInit(): void {
    const sweep = (): void => {
      this.sessions
        .sweep()
        .catch((err: unknown) => this.platform.log.warn({ event: 'session.sweep-failed', err }));
    };
    this.sweeping = setInterval(sweep, sweepEveryMs).unref();
  }

  /** After the last answer was given. */
  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.sweeping);
    await this.closeParts();
  }
}
