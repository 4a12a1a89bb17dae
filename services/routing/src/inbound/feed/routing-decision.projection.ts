import { unhurriedMs } from '@balagh/event-feed';
import { PLATFORM, type Platform } from '@balagh/runtime';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { ProjectDecisionHandler } from '../../application/project-decision.handler';

/** Keeps `routing_decision`; a return as misrouted is counted here and decided by people (BAH-25, AMB-12). */
@Injectable()
export class RoutingDecisionProjection implements OnApplicationBootstrap {
  constructor(
    @Inject(PLATFORM) private readonly platform: Platform,
    @Inject(ProjectDecisionHandler) private readonly projection: ProjectDecisionHandler,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.platform.feed.subscribe({
      consumer: 'routing.decision-projection',
      topics: ['case.routing', 'case.dispatch'],
      gatherMs: unhurriedMs,
      types: [
        'JurisdictionAssessed',
        'CaseScreened',
        'CaseRouted',
        'RoutingCorrected',
        'CaseReturnedAsMisrouted',
      ],
      handle: ({ subject, caserevision }) => this.projection.project(subject, caserevision),
    });
  }
}
