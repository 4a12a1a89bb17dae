import { type Metadata } from '@grpc/grpc-js';
import { caseStream, locationSchema, uuidSchema } from '@balagh/case-events';
import { type common, intake } from '@balagh/contracts';
import { type CommandContext } from '@balagh/event-store';
import {
  type Action,
  InvalidMessage,
  PLATFORM,
  type Platform,
  type Principal,
  commandContext,
  commandResult,
  demandOwnContact,
  principalOfCall,
} from '@balagh/runtime';
import { Controller, Inject } from '@nestjs/common';
import { z } from 'zod';
import { type Answered } from '../../application/case-desk';
import { Intake } from '../../application/intake';
import { parsed, plainForm } from '../form.schema';

const kindSchema = z.enum(['PHOTO', 'INVOICE', 'FAX', 'LETTER', 'DOCUMENT', 'CLIP']);
const attachmentSchema = z.object({ kind: kindSchema, location: locationSchema.optional() });
const shortText = z.string().min(1).max(300);
const answerSchema = z.object({
  answer: z.string().trim().min(1).max(10_000),
  article: shortText.optional(),
});
const openSchema = z.object({ channel: shortText, contactReference: shortText.optional() });
const bodySchema = z.object({ body: shortText });

/** Line 1's commands over gRPC. The token is checked for the organisation before anything else of the request. */
@Controller()
@intake.IntakeControllerMethods()
export class IntakeController implements intake.IntakeController {
  constructor(
    @Inject(PLATFORM) private readonly platform: Platform,
    @Inject(Intake) private readonly intake: Intake,
  ) {}

  async openCase(request: intake.OpenCaseRequest, metadata?: Metadata): Promise<common.CommandResult> {
    const caseId = isUuid(request.header?.commandId)
      ? this.intake.open.caseIdOf(request.header.commandId.toLowerCase())
      : '';
    const context = this.contextOf('case.open', request.header, caseId, metadata);
    const { channel, contactReference } = valid(openSchema, {
      channel: request.channel,
      contactReference: given(request.contactReference),
    });
    return resultOf(
      await this.intake.open.handle(context, {
        channel,
        ...(contactReference !== undefined && { contactReference }),
      }),
    );
  }

  async fillForm(request: intake.FillFormRequest, metadata?: Metadata): Promise<common.CommandResult> {
    const { context, caseId } = await this.onCase('case.fill', request, metadata);
    return resultOf(await this.intake.fill.handle(context, { caseId, form: plainForm(request.form ?? {}) }));
  }

  async addAttachment(
    request: intake.AddAttachmentRequest,
    metadata?: Metadata,
  ): Promise<common.CommandResult> {
    const { context, caseId } = await this.onCase('case.attach', request, metadata);
    const { kind, location } = valid(attachmentSchema, {
      kind: request.kind,
      location: request.location ?? undefined,
    });
    const { content } = request;
    return resultOf(
      await this.intake.attach.handle(context, {
        caseId,
        kind,
        content,
        ...(location !== undefined && { location }),
      }),
    );
  }

  async registerCase(
    request: intake.RegisterCaseRequest,
    metadata?: Metadata,
  ): Promise<common.CommandResult> {
    const { context, caseId } = await this.onCase('case.register', request, metadata);
    return resultOf(await this.intake.register.handle(context, { caseId }));
  }

  async answerInquiry(
    request: intake.AnswerInquiryRequest,
    metadata?: Metadata,
  ): Promise<common.CommandResult> {
    const { context, caseId } = await this.onCase('case.answer', request, metadata);
    const { answer, article } = valid(answerSchema, {
      answer: request.answer,
      article: given(request.article),
    });
    return resultOf(
      await this.intake.inquiries.answer(context, {
        caseId,
        answer,
        ...(article !== undefined && { article }),
      }),
    );
  }

  async declineInquiry(
    request: intake.DeclineInquiryRequest,
    metadata?: Metadata,
  ): Promise<common.CommandResult> {
    const { context, caseId } = await this.onCase('case.decline', request, metadata);
    return resultOf(await this.intake.inquiries.decline(context, { caseId }));
  }

  async redirectCase(
    request: intake.RedirectCaseRequest,
    metadata?: Metadata,
  ): Promise<common.CommandResult> {
    const { context, caseId } = await this.onCase('case.redirect', request, metadata);
    const { body } = valid(bodySchema, { body: request.body });
    return resultOf(await this.intake.register.redirect(context, { caseId, body }));
  }

  private async onCase(
    action: Action,
    request: { readonly header?: common.CommandHeader | undefined; readonly caseId: string },
    metadata: Metadata | undefined,
  ): Promise<{ readonly context: CommandContext; readonly caseId: string }> {
    const caseId = request.caseId.toLowerCase();
    const context = this.contextOf(action, request.header, caseId, metadata);
    if (!isUuid(caseId))
      throw new InvalidMessage('CASE_ID_INVALID', [{ path: 'caseId', problem: 'NOT_A_UUID' }]);
    const principal = principalOfCall(metadata ?? noMetadata());
    if (principal.roles.includes('OPERATOR'))
      demandOwnContact(principal, action, await this.openedBy(context.tenant, caseId, principal));
    return { context, caseId };
  }

  /** The organisation whose account opened the case; the caller's own when there is no such case, which is then not found. */
  private async openedBy(tenant: string, caseId: string, principal: Principal): Promise<string> {
    const { events } = await this.platform.streams.load(caseStream(caseId), 0);
    const opening = events[0]?.metadata;
    return opening?.tenant === tenant ? opening.actor.organisation : principal.organisation;
  }

  private contextOf(
    action: Action,
    header: common.CommandHeader | undefined,
    caseId: string,
    metadata: Metadata | undefined,
  ): CommandContext {
    const principal = principalOfCall(metadata ?? noMetadata());
    return commandContext({ header, principal, action, clock: this.platform.clock, caseId });
  }
}

/** Nest always passes the metadata; without them there is no principal either. */
function noMetadata(): never {
  throw new InvalidMessage('METADATA_MISSING');
}

function resultOf({ caseId, outcome, caseNumber }: Answered): common.CommandResult {
  return commandResult(caseId, outcome, caseNumber);
}

function valid<T>(schema: z.ZodType<T>, input: unknown): T {
  const { data, problems } = parsed(schema, input);
  if (data === undefined) throw new InvalidMessage('REQUEST_INVALID', problems);
  return data;
}

/** proto3 sends an absent text as an empty one. */
function given(text: string): string | undefined {
  return text === '' ? undefined : text;
}

function isUuid(text: string | undefined): text is string {
  return uuidSchema.safeParse(text).success;
}
