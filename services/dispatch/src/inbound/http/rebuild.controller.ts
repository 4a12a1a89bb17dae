import { reject } from '@balagh/decider';
import {
  AccessDenied,
  PLATFORM,
  type Platform,
  Rejected,
  permits,
  principalOfRequest,
} from '@balagh/runtime';
import { Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { RebuildHandler, type Rebuilt } from '../../application/rebuild.handler';

/** For operators. */
@Controller('internal')
export class RebuildController {
  constructor(
    @Inject(RebuildHandler) private readonly handler: RebuildHandler,
    @Inject(PLATFORM) private readonly platform: Platform,
  ) {}

  /** Rebuilds the work lists from the event store while everything goes on (SYS-02). 409 REBUILD_RUNNING. */
  @Post('rebuild')
  @HttpCode(200)
  async rebuild(@Req() request: object): Promise<Rebuilt> {
    const principal = principalOfRequest(request);
    if (!permits(principal.roles, 'projection.rebuild'))
      throw new AccessDenied('ACTION_NOT_PERMITTED', 'projection.rebuild');
    const rebuilt = await this.handler.rebuild();
    if (rebuilt === undefined) throw new Rejected(reject('REBUILD_RUNNING').rejection);
    this.platform.log.info({
      event: 'projection.rebuilt',
      projection: 'work-lists',
      ...rebuilt,
      account: principal.subject,
    });
    return rebuilt;
  }
}
