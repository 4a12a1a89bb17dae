import { topics } from '@balagh/case-events';
import { type RunningSubscription, unhurriedMs } from '@balagh/event-feed';
import { PLATFORM, type Platform } from '@balagh/runtime';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { ProjectCase } from '../../application/project-case.handler';

/** Every published event of every case refreshes the case's row. */
@Injectable()
export class CaseIndexProjection implements OnApplicationBootstrap, OnApplicationShutdown {
  private running: RunningSubscription | undefined;

  constructor(
    @Inject(PLATFORM) private readonly platform: Platform,
    @Inject(ProjectCase) private readonly cases: ProjectCase,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.running = await this.platform.feed.subscribe({
      consumer: 'history.case-index',
      topics,
      gatherMs: unhurriedMs,
      handle: (message) => this.cases.project(message.subject, message.caserevision),
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.running?.stop();
  }
}
