import { type ParkedCase } from '@balagh/event-feed';
import { Body, Controller, Get, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { z } from 'zod';
import { principalOfRequest } from '../access/call-principal';
import { permits } from '../access/permissions';
import { type Principal } from '../access/principal';
import { AccessDenied, InvalidMessage, Rejected } from '../errors/errors';
import { PLATFORM, type PlatformConsumers, type RunningPlatform } from '../platform/platform';

const redriveSchema = z.strictObject({
  consumer: z.string().min(1).max(100),
  caseId: z.string().min(1).max(200),
});

/** For operators, on every service: what is parked, and handing it to its consumer again once the cause is mended. */
@Controller('internal')
export class ParkedCasesController {
  constructor(@Inject(PLATFORM) private readonly platform: RunningPlatform) {}

  @Get('parked')
  async parked(@Req() request: object): Promise<{ readonly parked: readonly ParkedCase[] }> {
    administrator(request);
    return { parked: await this.consumers().parkedCases() };
  }

  /**
   * Done when it answers; safe to repeat. A case that fails again stays parked, and the answer is the handler's fault.
   * 404 CONSUMER_UNKNOWN, 503 REDRIVE_IN_PROGRESS.
   */
  @Post('redrive')
  @HttpCode(200)
  async redrive(@Req() request: object, @Body() body: unknown): Promise<{ readonly redriven: true }> {
    const principal = administrator(request);
    const asked = redriveSchema.safeParse(body);
    if (!asked.success) throw new InvalidMessage('REDRIVE_INVALID');
    const { consumer, caseId } = asked.data;
    await this.consumers().redrive(consumer, caseId);
    this.platform.log.info({ event: 'feed.redrive.ordered', consumer, caseId, account: principal.subject });
    return { redriven: true };
  }

  private consumers(): PlatformConsumers {
    const { consumers } = this.platform;
    if (consumers === undefined) throw new Rejected({ code: 'CONSUMER_UNKNOWN', reason: 'missing' });
    return consumers;
  }
}

function administrator(request: object): Principal {
  const principal = principalOfRequest(request);
  if (!permits(principal.roles, 'feed.redrive'))
    throw new AccessDenied('ACTION_NOT_PERMITTED', 'feed.redrive');
  return principal;
}
