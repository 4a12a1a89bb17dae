import { type PublishedEvent, topics } from '@balagh/case-events';
import { unhurriedMs } from '@balagh/event-feed';
import { PLATFORM, type Platform } from '@balagh/runtime';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { ProjectCase } from '../../application/project-case.handler';

/** Keeps `case_row`: whatever was published about a case, its row is folded anew. */
@Injectable()
export class CaseRowProjection implements OnApplicationBootstrap {
  constructor(
    @Inject(PLATFORM) private readonly platform: Platform,
    @Inject(ProjectCase) private readonly projection: ProjectCase,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.platform.feed.subscribe({
      consumer: 'backoffice.case-row',
      topics,
      gatherMs: unhurriedMs,
      handle: (message: PublishedEvent) => this.projection.project(message.subject, message.caserevision),
    });
  }
}
