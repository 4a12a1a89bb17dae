import { AccessDenied, PLATFORM, type Platform, permits, principalOfRequest } from '@balagh/runtime';
import { Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import type { Request } from 'express';
import { RebuildIndex } from '../../application/rebuild-index.handler';

/** Rebuilds the case index from the event store while everything goes on (SYS-02). */
@Controller('internal')
export class RebuildController {
  constructor(
    @Inject(PLATFORM) private readonly platform: Platform,
    @Inject(RebuildIndex) private readonly index: RebuildIndex,
  ) {}

  @Post('rebuild')
  @HttpCode(200)
  async rebuild(@Req() request: Request): Promise<{ cases: number; removed: number }> {
    const principal = principalOfRequest(request);
    if (!permits(principal.roles, 'projection.rebuild')) {
      throw new AccessDenied('ACTION_NOT_PERMITTED', 'projection.rebuild');
    }
    const rebuilt = await this.index.rebuild();
    this.platform.log.info({
      event: 'projection.rebuilt',
      projection: 'case_index',
      ...rebuilt,
      account: principal.subject,
    });
    return rebuilt;
  }
}
