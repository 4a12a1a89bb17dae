import { Controller, Get, Inject, Param, Req } from '@nestjs/common';
import { type Principal, permissions, principalOfRequest } from '@balagh/runtime';
import type { Request } from 'express';
import { queuesOf } from '../../application/case-list.handler';
import { ShowProfile } from '../../application/public-profile.handler';

/** Who is at the screen, and the organisation's words. */
@Controller('api')
export class MeController {
  constructor(@Inject(ShowProfile) private readonly profiles: ShowProfile) {}

  @Get('me')
  async me(@Req() request: Request) {
    const principal = principalOfRequest(request);
    return {
      account: principal.subject,
      organisation: principal.organisation,
      tenants: await this.profiles.tenantsOf(principal),
      roles: principal.roles,
      ...(principal.party === undefined ? {} : { party: principal.party }),
      queues: queuesOf(principal),
      may: actionsOf(principal),
    };
  }

  @Get('tenants/:tenant/profile')
  profile(@Req() request: Request, @Param('tenant') tenant: string) {
    return this.profiles.show(principalOfRequest(request), tenant);
  }
}

function actionsOf(principal: Principal): readonly string[] {
  return [...new Set(principal.roles.flatMap((role) => permissions[role]))];
}
