import { AccessDenied, PLATFORM, type Platform, permits, principalOfRequest } from '@balagh/runtime';
import { Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import type { Request } from 'express';
import { RebuildMessages } from '../../application/rebuild-messages.handler';

/** Rebuilds the work table from the message streams while everything goes on (SYS-02). */
@Controller('internal')
export class RebuildController {
  constructor(
    @Inject(PLATFORM) private readonly platform: Platform,
    @Inject(RebuildMessages) private readonly messages: RebuildMessages,
  ) {}

  @Post('rebuild')
  @HttpCode(200)
  async rebuild(@Req() request: Request): Promise<{ messages: number }> {
    const principal = principalOfRequest(request);
    if (!permits(principal.roles, 'projection.rebuild')) {
      throw new AccessDenied('ACTION_NOT_PERMITTED', 'projection.rebuild');
    }
    const messages = await this.messages.rebuild();
    this.platform.log.info({
      event: 'projection.rebuilt',
      projection: 'message',
      messages,
      account: principal.subject,
    });
    return { messages };
  }
}
