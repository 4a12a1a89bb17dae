import { unhurriedMs } from '@balagh/event-feed';
import { PLATFORM, type Platform } from '@balagh/runtime';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { ReactHandler } from '../../application/react.handler';

/** What follows by itself from the events of intake, routing and notification. */
@Injectable()
export class ReactionsConsumer implements OnApplicationBootstrap {
  constructor(
    @Inject(PLATFORM) private readonly platform: Platform,
    @Inject(ReactHandler) private readonly react: ReactHandler,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { feed } = this.platform;
    await feed.subscribe({
      consumer: 'dispatch.second-line',
      topics: ['case.routing'],
      types: ['CaseRouted', 'RoutingCorrected'],
      handle: (message) => this.react.sendToSecondLine(message),
    });
    await feed.subscribe({
      consumer: 'dispatch.first-contact-closing',
      topics: ['case.intake', 'case.routing'],
      gatherMs: unhurriedMs,
      types: [
        'InquiryAnswered',
        'PersonalInquiryDeclined',
        'CaseCancelledAsDuplicate',
        'CaseRedirectedOutOfJurisdiction',
      ],
      handle: (message) => this.react.closeEnded(message),
    });
    await feed.subscribe({
      consumer: 'dispatch.informing',
      topics: ['case.notification'],
      types: ['NotificationSent', 'NotificationFailed'],
      handle: (message) => this.react.noteMessageOutcome(message),
    });
  }
}
