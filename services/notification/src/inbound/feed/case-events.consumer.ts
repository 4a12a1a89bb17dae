import { type Topic } from '@balagh/case-events';
import { PLATFORM, type Platform } from '@balagh/runtime';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { NotifyOfCaseEvent } from '../../application/notify-of-case-event.handler';

/** Any event of these topics may be the trigger of a template; profiles decide which. */
const topics: readonly Topic[] = ['case.intake', 'case.routing', 'case.dispatch'];

/** Messages take seconds at a gateway: the case goes on its way first, on the same processors. */
const caseFirstMs = 100;

@Injectable()
export class CaseEventsConsumer implements OnApplicationBootstrap {
  constructor(
    @Inject(PLATFORM) private readonly platform: Platform,
    @Inject(NotifyOfCaseEvent) private readonly notify: NotifyOfCaseEvent,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.platform.feed.subscribe({
      consumer: 'notification.case-events',
      topics,
      gatherMs: caseFirstMs,
      handle: (message) => this.notify.handle(message),
    });
  }
}
