import { topics } from '@balagh/case-events';
import { type RunningSubscription, unhurriedMs } from '@balagh/event-feed';
import { PLATFORM, type Platform } from '@balagh/runtime';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { stageEvents } from '../../application/case-status.projection';
import { Intake } from '../../application/intake';

/** Keeps the reporters' status look-up after every event that moves a case, of every service. */
@Injectable()
export class CaseStatusConsumer implements OnApplicationBootstrap {
  static readonly consumer = 'intake.case-status';
  running: RunningSubscription | undefined;

  constructor(
    @Inject(PLATFORM) private readonly platform: Platform,
    @Inject(Intake) private readonly intake: Intake,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.running = await this.platform.feed.subscribe({
      consumer: CaseStatusConsumer.consumer,
      topics,
      types: stageEvents,
      gatherMs: unhurriedMs,
      handle: (message) => this.intake.statuses.refresh(message.subject, message.caserevision),
    });
  }
}
