import {
  Body,
  Controller,
  Get,
  Headers,
  HttpCode,
  Inject,
  Param,
  Post,
  Query,
  Req,
  UploadedFile,
  UseInterceptors,
} from '@nestjs/common';
import { FileInterceptor } from '@nestjs/platform-express';
import { type Action, InvalidMessage, type Principal, authorise, principalOfRequest } from '@balagh/runtime';
import type { Request } from 'express';
import { ListCases } from '../../application/case-list.handler';
import { ShowCase } from '../../application/case-page.handler';
import { PerformAction, type Sending } from '../../application/perform-action.handler';
import {
  actionSchema,
  attachmentSchema,
  idempotencyKey,
  listQuerySchema,
  openPageSchema,
  parse,
} from './case-requests.schema';
import { accessTokenOf } from './session.middleware';

/** What the profile allows is smaller; this only bounds memory. */
const maxUploadBytes = 11 * 1024 * 1024;

/** Lists, pages and acts of one organisation. Personal data in answers and bodies, never in addresses. */
@Controller('api/tenants/:tenant')
export class CasesController {
  constructor(
    @Inject(ListCases) private readonly lists: ListCases,
    @Inject(ShowCase) private readonly pages: ShowCase,
    @Inject(PerformAction) private readonly actions: PerformAction,
  ) {}

  @Get('cases')
  list(@Req() request: Request, @Param('tenant') tenant: string, @Query() query: unknown) {
    const principal = admitted(request, 'case.view', tenant);
    const asked = parse(listQuerySchema, query);
    return this.lists.list(principal, tenant, {
      ...asked,
      overdue: asked.overdue === 'true',
    });
  }

  @Get('counts')
  counts(@Req() request: Request, @Param('tenant') tenant: string) {
    return this.lists.counts(principalOfRequest(request), tenant);
  }

  @Get('cases/:id')
  show(@Req() request: Request, @Param('tenant') tenant: string, @Param('id') id: string) {
    return this.pages.page(principalOfRequest(request), tenant, id);
  }

  @Post('cases')
  open(
    @Req() request: Request,
    @Param('tenant') tenant: string,
    @Headers('idempotency-key') key: string,
    @Body() body: unknown,
  ) {
    admitted(request, 'case.open', tenant);
    return this.actions.open(sending(request, tenant, key), parse(openPageSchema, body));
  }

  @Post('cases/:id/actions/:action')
  @HttpCode(200)
  perform(
    @Req() request: Request,
    @Param() { tenant, id, action }: { tenant: string; id: string; action: string },
    @Headers('idempotency-key') key: string,
    @Body() body: unknown,
  ) {
    admitted(request, this.actions.permissionOf(action), tenant);
    return this.actions.perform(sending(request, tenant, key), {
      caseId: id,
      action,
      ...parse(actionSchema, body),
    });
  }

  @Post('cases/:id/attachments')
  @UseInterceptors(
    FileInterceptor('file', { limits: { fileSize: maxUploadBytes, files: 1, fields: 5, fieldSize: 200 } }),
  )
  attach(
    @Req() request: Request,
    @Param() { tenant, id }: { tenant: string; id: string },
    @Headers('idempotency-key') key: string,
    @Body() body: unknown,
    @UploadedFile() file: { readonly buffer: Uint8Array } | undefined,
  ) {
    admitted(request, 'case.attach', tenant);
    if (file === undefined)
      throw new InvalidMessage('FILE_REQUIRED', [{ path: 'file', problem: 'REQUIRED' }]);
    const { kind, decisionVersion } = parse(attachmentSchema, body);
    return this.actions.attach(sending(request, tenant, key), {
      caseId: id,
      kind,
      decisionVersion,
      content: file.buffer,
    });
  }
}

/** Before anything of the request is looked at: whoever may not act does not learn what is wrong with it (design §3.12). */
function admitted(request: Request, action: Action, tenant: string): Principal {
  const principal = principalOfRequest(request);
  authorise(principal, action, tenant);
  return principal;
}

function sending(request: Request, tenant: string, key: unknown): Sending {
  return {
    principal: principalOfRequest(request),
    accessToken: accessTokenOf(request),
    tenant,
    commandId: idempotencyKey(key),
  };
}
