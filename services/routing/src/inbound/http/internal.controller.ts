import { reject } from '@balagh/decider';
import {
  AccessDenied,
  PLATFORM,
  type Platform,
  Rejected,
  authorise,
  permits,
  principalOfRequest,
} from '@balagh/runtime';
import { Controller, Get, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import { ProjectDecisionHandler } from '../../application/project-decision.handler';
import { ROUTING_DECISIONS } from '../../application/routing-decisions.token';
import { type RoutingDecisions, type RoutingQuality } from '../../application/routing-decisions.port';

/** For operators and supervisors. */
@Controller('internal')
export class InternalController {
  constructor(
    @Inject(ProjectDecisionHandler) private readonly projection: ProjectDecisionHandler,
    @Inject(ROUTING_DECISIONS) private readonly decisions: RoutingDecisions,
    @Inject(PLATFORM) private readonly platform: Platform,
  ) {}

  /** Rebuilds the table from the event store while everything goes on (SYS-02). 409 REBUILD_RUNNING. */
  @Post('rebuild')
  @HttpCode(200)
  async rebuild(@Req() request: object): Promise<{ readonly cases: number }> {
    const principal = principalOfRequest(request);
    if (!permits(principal.roles, 'projection.rebuild'))
      throw new AccessDenied('ACTION_NOT_PERMITTED', 'projection.rebuild');
    const cases = await this.projection.rebuild();
    if (cases === undefined) throw new Rejected(reject('REBUILD_RUNNING').rejection);
    this.platform.log.info({
      event: 'projection.rebuilt',
      projection: 'routing_decision',
      cases,
      account: principal.subject,
    });
    return { cases };
  }

  /** How often the rules found the right owner at first (BAH-25). */
  @Get('routing-quality/:tenant')
  async quality(@Param('tenant') tenant: string, @Req() request: object): Promise<RoutingQuality> {
    authorise(principalOfRequest(request), 'case.view', tenant);
    return this.decisions.quality(tenant);
  }
}
