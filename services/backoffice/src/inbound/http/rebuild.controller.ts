import { Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { AccessDenied, PLATFORM, type Platform, permits, principalOfRequest } from '@balagh/runtime';
import type { Request } from 'express';
import { ProjectCase } from '../../application/project-case.handler';

/** Rebuilds the work lists from the event store while everything goes on (SYS-02). */
@Controller('internal')
export class RebuildController {
  constructor(
    @Inject(ProjectCase) private readonly projection: ProjectCase,
    @Inject(PLATFORM) private readonly platform: Platform,
  ) {}

  @Post('rebuild')
  @HttpCode(200)
  async rebuild(@Req() request: Request): Promise<{ cases: number }> {
    const principal = principalOfRequest(request);
    if (!permits(principal.roles, 'projection.rebuild'))
      throw new AccessDenied('ACTION_NOT_PERMITTED', 'projection.rebuild');
    const cases = await this.projection.rebuild();
    this.platform.log.info({
      event: 'projection.rebuilt',
      projection: 'case_row',
      cases,
      account: principal.subject,
    });
    return { cases };
  }
}
