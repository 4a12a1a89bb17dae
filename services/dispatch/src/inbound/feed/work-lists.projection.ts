import { topics } from '@balagh/case-events';
import { PLATFORM, type Platform } from '@balagh/runtime';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { ProjectCaseHandler } from '../../application/project-case.handler';

/** Keeps queue entries, transfers and due times: whatever was published about a case, its rows are folded anew. */
@Injectable()
export class WorkListsProjection implements OnApplicationBootstrap {
  constructor(
    @Inject(PLATFORM) private readonly platform: Platform,
    @Inject(ProjectCaseHandler) private readonly projection: ProjectCaseHandler,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.platform.feed.subscribe({
      consumer: 'dispatch.work-lists',
      topics,
      handle: (message) => this.projection.project(message),
    });
  }
}
