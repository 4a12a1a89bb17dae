import { PLATFORM, type Platform } from '@balagh/runtime';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { RouteCaseHandler } from '../../application/route-case.handler';

/** Registered cases are routed at once. */
@Injectable()
export class CaseRegisteredConsumer implements OnApplicationBootstrap {
  constructor(
    @Inject(PLATFORM) private readonly platform: Platform,
    @Inject(RouteCaseHandler) private readonly handler: RouteCaseHandler,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.platform.feed.subscribe({
      consumer: 'routing.case-registered',
      topics: ['case.intake'],
      types: ['CaseRegistered'],
      handle: (message) => this.handler.handle(message),
    });
  }
}
