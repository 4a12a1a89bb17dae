import { type MissingField } from '@balagh/profile';
import { discard } from '@balagh/privacy';
import {
  PLATFORM,
  type Platform,
  type Problem,
  Public,
  Rejected,
  commandResult,
  problemMediaType,
  problemOf,
} from '@balagh/runtime';
import {
  Body,
  Controller,
  Headers,
  Inject,
  Param,
  Patch,
  Post,
  Res,
  UploadedFiles,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type Response } from 'express';
import { z } from 'zod';
import { type Answered } from '../../application/case-desk';
import { Intake } from '../../application/intake';
import { plainForm } from '../form.schema';
import { apiSchemas, reportBody, validBody } from './report.schema';
import { REPORT_TOKENS, ReportTokens } from './report-tokens';
import {
  type ReporterHeaders,
  actContext,
  idempotencyKey,
  knownTenant,
  reportToken,
  reporterContext,
  validReportId,
} from './reporter-request';
import { UploadSlots } from './upload-slots';
import { UploadSizeGuard, type UploadedParts, evidenceOf, uploadInterceptor } from './uploads';

const formBodySchema = z.strictObject({ form: z.record(z.string(), z.unknown()) });
const idempotencyHeader = {
  name: 'Idempotency-Key',
  required: true,
  description: 'UUID of this write; repeating it repeats nothing',
};
const tokenHeader = {
  name: 'Report-Token',
  required: true,
  description: 'Returned when the report was created',
};
const refusal = {
  status: 422,
  description: 'Refused; `code` says why, `missing` lists required fields in Arabic and English',
};

/** What a reporter gets back. `queue`: registered reports stand with line 1's centre until they are routed (MUS-03). */
interface ReportAnswer {
  readonly reportId: string;
  readonly reportToken: string;
  readonly caseNumber?: string;
  readonly stage?: string;
  readonly channel?: string;
  readonly queue?: 'line1';
}

/** Reporters' own entrance: web forms, apps, devices (MUS-03, MUS-04). Open to all, limited per address. */
@ApiTags('reports')
@Public()
@Controller('v1/:tenant/reports')
@UseGuards(UploadSizeGuard)
export class ReportsController {
  constructor(
    @Inject(PLATFORM) private readonly platform: Platform,
    @Inject(Intake) private readonly intake: Intake,
    @Inject(REPORT_TOKENS) private readonly tokens: ReportTokens,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Report something: opens, fills and registers in one request' })
  @ApiHeader(idempotencyHeader)
  @ApiConsumes('application/json', 'multipart/form-data')
  @ApiBody({ schema: apiSchemas.report as object })
  @ApiResponse({ status: 201, description: 'Registered: `caseNumber` is the number to ask by' })
  @ApiResponse(refusal)
  @UseInterceptors(UploadSlots, uploadInterceptor)
  async report(
    @Param('tenant') tenantCode: string,
    @Headers() headers: ReporterHeaders,
    @Body() body: unknown,
    @UploadedFiles() files: UploadedParts | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ReportAnswer | Problem> {
    const tenant = await knownTenant(this.intake.publicForm, tenantCode);
    const key = idempotencyKey(headers);
    const report = { ...reportBody(body), evidence: evidenceOf(files) };
    const answered = await this.intake.submitReport
      .handle(reporterContext(tenant), key, report)
      .finally(() => report.evidence.forEach(({ content }) => discard(content)));
    const answer = this.answer(tenant, answered, response);
    this.platform.log.info({
      event: 'report.received',
      tenant,
      caseId: answered.caseId,
      channel: report.channel,
      registered: answered.caseNumber !== undefined,
    });
    return 'code' in answer ? answer : { ...answer, channel: report.channel, queue: 'line1' };
  }

  @Patch(':reportId')
  @ApiOperation({ summary: 'Complete an open report' })
  @ApiHeader(idempotencyHeader)
  @ApiHeader(tokenHeader)
  @ApiBody({ schema: apiSchemas.form as object })
  @ApiResponse(refusal)
  async complete(
    @Param() { tenant: tenantCode, reportId: id }: { tenant: string; reportId: string },
    @Headers() headers: ReporterHeaders,
    @Body() body: unknown,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ReportAnswer | Problem> {
    const { tenant, reportId, key } = await this.verified(tenantCode, id, headers);
    const form = plainForm(validBody(formBodySchema, body, 'REPORT_INVALID').form);
    const context = actContext('fill', { tenant, reportId, key, clock: this.platform.clock });
    return this.answer(tenant, await this.intake.fill.handle(context, { caseId: reportId, form }), response);
  }

  @Post(':reportId/attachments')
  @ApiOperation({ summary: 'Add photos, an invoice or documents to an open report: all of them, or none' })
  @ApiHeader(idempotencyHeader)
  @ApiHeader(tokenHeader)
  @ApiConsumes('multipart/form-data')
  @ApiResponse(refusal)
  @UseInterceptors(UploadSlots, uploadInterceptor)
  async attach(
    @Param() { tenant: tenantCode, reportId: id }: { tenant: string; reportId: string },
    @Headers() headers: ReporterHeaders,
    @UploadedFiles() files: UploadedParts | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ReportAnswer | Problem> {
    const { tenant, reportId, key } = await this.verified(tenantCode, id, headers);
    const evidence = evidenceOf(files);
    validBody(z.number().min(1), evidence.length, 'ATTACHMENT_REQUIRED');
    const on = { tenant, reportId, key, clock: this.platform.clock };
    const answered = await this.intake.attach
      .handleAll((place) => actContext(`attach:${place}`, on), { caseId: reportId, files: evidence })
      .finally(() => evidence.forEach(({ content }) => discard(content)));
    return this.answer(tenant, answered, response);
  }

  @Post(':reportId/registration')
  @ApiOperation({ summary: 'Register a report that was missing something' })
  @ApiHeader(idempotencyHeader)
  @ApiHeader(tokenHeader)
  @ApiResponse({ status: 201, description: 'Registered: `caseNumber` is the number to ask by' })
  @ApiResponse(refusal)
  async register(
    @Param() { tenant: tenantCode, reportId: id }: { tenant: string; reportId: string },
    @Headers() headers: ReporterHeaders,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ReportAnswer | Problem> {
    const { tenant, reportId, key } = await this.verified(tenantCode, id, headers);
    const context = actContext('register', { tenant, reportId, key, clock: this.platform.clock });
    return this.answer(tenant, await this.intake.register.handle(context, { caseId: reportId }), response);
  }

  private async verified(
    tenantCode: string,
    id: string,
    headers: ReporterHeaders,
  ): Promise<{ tenant: string; reportId: string; key: string }> {
    const tenant = await knownTenant(this.intake.publicForm, tenantCode);
    const reportId = validReportId(id);
    this.tokens.verify(tenant, reportId, reportToken(headers));
    return { tenant, reportId, key: idempotencyKey(headers) };
  }

  /** @throws Rejected for every refusal but missing fields, which keep the report open */
  private answer(tenant: string, answered: Answered, response: Response): ReportAnswer | Problem {
    const { caseId: reportId, caseNumber, outcome, missing } = answered;
    const report = { reportId, reportToken: this.tokens.tokenOf(tenant, reportId) };
    if (missing !== undefined) return this.stillOpen(report, missing, response);
    const { events } = commandResult(reportId, outcome);
    return { ...report, ...(caseNumber !== undefined && { caseNumber, stage: stageAfter(events) }) };
  }

  private stillOpen(report: ReportAnswer, missing: readonly MissingField[], response: Response): Problem {
    const { rejection } = new Rejected({ code: 'FIELDS_MISSING', reason: 'invalid' });
    const problem = problemOf({ kind: 'invalid', code: rejection.code, details: { missing, ...report } });
    response.status(problem.status).type(problemMediaType);
    return problem;
  }
}

function stageAfter(events: readonly string[]): string {
  if (events.includes('CaseCancelledAsDuplicate')) return 'CANCELLED_DUPLICATE';
  return events.includes('PersonalInquiryDeclined') ? 'DECLINED_PERSONAL' : 'REGISTERED';
}
