import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { type Platform } from '@balagh/runtime';
import { CASE_INDEX, type CaseIndex } from './application/case-index.port';
import { ProjectCase } from './application/project-case.handler';
import { RebuildIndex } from './application/rebuild-index.handler';
import { ShowTrail } from './application/show-trail.handler';
import { VerifyCases } from './application/verify-cases.handler';
import { CaseIndexProjection } from './inbound/feed/case-index.projection';
import { RebuildController } from './inbound/http/rebuild.controller';
import { HistoryController } from './inbound/grpc/history.controller';

/** What the module stands on besides the platform. */
export interface HistoryParts {
  readonly index: CaseIndex;
  readonly close: () => Promise<void>;
}

const CLOSE = Symbol('history.close');

@Module({})
export class HistoryModule implements OnApplicationShutdown {
  constructor(@Inject(CLOSE) private readonly closeParts: () => Promise<void>) {}

  static over(platform: Platform, { index, close }: HistoryParts): DynamicModule {
    const { eventStore, streams, privacy, clock } = platform;
    return {
      module: HistoryModule,
      controllers: [HistoryController, RebuildController],
      providers: [
        { provide: CASE_INDEX, useValue: index },
        { provide: CLOSE, useValue: close },
        { provide: ShowTrail, useValue: new ShowTrail(eventStore, streams, index, privacy) },
        { provide: VerifyCases, useValue: new VerifyCases(eventStore, index, clock) },
        { provide: RebuildIndex, useValue: new RebuildIndex(eventStore, index) },
        { provide: ProjectCase, useValue: new ProjectCase(streams, index) },
        CaseIndexProjection,
      ],
    };
  }

  /** After the last answer was given. */
  async onApplicationShutdown(): Promise<void> {
    await this.closeParts();
  }
}
