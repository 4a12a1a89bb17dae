import { type PublishedEvent, uuidSchema } from '@balagh/case-events';
import { PermanentFault, type RunningSubscription, unhurriedMs } from '@balagh/event-feed';
import { PLATFORM, type Platform, reactionContext } from '@balagh/runtime';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { z } from 'zod';
import { Intake } from '../../application/intake';

const dataSchema = z.object({
  originalCaseId: uuidSchema,
  policy: z.enum(['LINK', 'FLAG', 'CANCEL_REPEAT', 'CANCEL_ALL']),
});

/** Tells the original of a repeat, in its own stream (S6). A reaction, so that a crash after the detection loses nothing. */
@Injectable()
export class DuplicateDetectedConsumer implements OnApplicationBootstrap {
  static readonly consumer = 'intake.duplicate-detected';
  running: RunningSubscription | undefined;

  constructor(
    @Inject(PLATFORM) private readonly platform: Platform,
    @Inject(Intake) private readonly intake: Intake,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.running = await this.platform.feed.subscribe({
      consumer: DuplicateDetectedConsumer.consumer,
      topics: ['case.intake'],
      gatherMs: unhurriedMs,
      types: ['DuplicateDetected'],
      handle: (message) => this.handle(message),
    });
  }

  private async handle(message: PublishedEvent): Promise<void> {
    const data = dataSchema.safeParse(message.data);
    if (!data.success) throw new PermanentFault('MESSAGE_INVALID');
    const { originalCaseId, policy } = data.data;
    const { clock, log } = this.platform;
    const context = reactionContext({
      message,
      service: 'intake',
      consumer: DuplicateDetectedConsumer.consumer,
      clock,
    });
    const { outcome } = await this.intake.linkRepeat.handle(context, {
      originalCaseId,
      repeatCaseId: message.subject,
      policy,
    });
    if (outcome.kind === 'rejected') throw new PermanentFault(outcome.rejection.code);
    log.info({ event: 'case.repeat.linked', caseId: originalCaseId, repeatCaseId: message.subject });
  }
}
