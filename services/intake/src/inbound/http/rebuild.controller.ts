import { AccessDenied, PLATFORM, type Platform, permits, principalOfRequest } from '@balagh/runtime';
import { Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Intake } from '../../application/intake';

/** Derives the look-up tables anew while the service runs (SYS-02). */
@ApiExcludeController()
@Controller('internal')
export class RebuildController {
  constructor(
    @Inject(PLATFORM) private readonly platform: Platform,
    @Inject(Intake) private readonly intake: Intake,
  ) {}

  @Post('rebuild')
  @HttpCode(200)
  async rebuild(@Req() request: object): Promise<{ readonly rows: number }> {
    const { roles } = principalOfRequest(request);
    if (!permits(roles, 'projection.rebuild'))
      throw new AccessDenied('ACTION_NOT_PERMITTED', 'projection.rebuild');
    const started = performance.now();
    const rows = await this.intake.statuses.rebuild();
    this.platform.log.info({
      event: 'projection.rebuilt',
      projection: 'case_status',
      rows,
      ms: Math.round(performance.now() - started),
    });
    return { rows };
  }
}
