import { reject } from '@balagh/decider';
import { Public, Rejected } from '@balagh/runtime';
import { Body, Controller, Get, Header, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type ReportedStatus } from '../../application/case-status.handler';
import { Intake } from '../../application/intake';
import { type PublicForm } from '../../application/public-form.handler';
import { apiSchemas, statusRequestSchema, validBody } from './report.schema';
import { knownTenant } from './reporter-request';

/** What anybody may ask: which organisations there are, what their form asks, where a case stands. */
@ApiTags('information')
@Public()
@Controller('v1')
export class PublicInformationController {
  constructor(@Inject(Intake) private readonly intake: Intake) {}

  @Get('organisations')
  @ApiOperation({ summary: 'Organisations that take reports on the web' })
  async organisations(): Promise<object> {
    return { organisations: await this.intake.publicForm.organisations() };
  }

  @Get(':tenant/form')
  @ApiOperation({ summary: 'What the form offers and asks for' })
  @Header('cache-control', 'public, max-age=60')
  async form(@Param('tenant') tenantCode: string): Promise<PublicForm> {
    const tenant = await knownTenant(this.intake.publicForm, tenantCode);
    const form = await this.intake.publicForm.handle(tenant);
    if (form === undefined) throw new Rejected(reject('TENANT_UNKNOWN', 'missing').rejection);
    return form;
  }

  /** A POST, because addresses and their logs carry no personal data. */
  @Post(':tenant/status-requests')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Where a case stands, by its number and the reporter’s phone' })
  @ApiBody({ schema: apiSchemas.statusRequest as object })
  @ApiResponse({ status: 404, description: 'CASE_NOT_FOUND, whether the number or the phone is wrong' })
  async status(@Param('tenant') tenantCode: string, @Body() body: unknown): Promise<ReportedStatus> {
    const tenant = await knownTenant(this.intake.publicForm, tenantCode);
    const { caseNumber, phone } = validBody(statusRequestSchema, body, 'STATUS_REQUEST_INVALID');
    const status = await this.intake.status.handle(tenant, caseNumber, phone);
    if (status === undefined) throw new Rejected(reject('CASE_NOT_FOUND', 'missing').rejection);
    return status;
  }
}
