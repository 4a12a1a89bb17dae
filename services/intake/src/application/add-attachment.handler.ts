import { createHash } from 'node:crypto';
import { type Location } from '@balagh/case-events';
import { type Rejection, reject } from '@balagh/decider';
import { type CommandContext } from '@balagh/event-store';
import { type Profile } from '@balagh/profile';
import { type EvidenceKind, attachDecider } from '../domain/attach.decider';
import { type AttachmentStore } from './attachment-store.port';
import {
  type Answered,
  type DecideOnPage,
  type Desk,
  decideOnPage,
  findPage,
  notFound,
  refused,
} from './case-desk';
import { type EvidenceInspector, type Inspected } from './evidence-inspector.port';

export type { EvidenceKind };

export interface AddAttachmentRequest {
  readonly caseId: string;
  readonly kind: EvidenceKind;
  readonly content: Uint8Array;
  readonly location?: Location;
}

export type CleanEvidence = Extract<Inspected, { kind: 'clean' }>;
export type CleanAttachment = Omit<AddAttachmentRequest, 'content'> & { readonly clean: CleanEvidence };

/** Stores evidence, sealed, before the event that speaks of it (MUS-04). */
export class AddAttachmentHandler {
  constructor(
    private readonly desk: Desk,
    private readonly store: AttachmentStore,
    private readonly inspector: EvidenceInspector,
  ) {}

  async handle(context: CommandContext, request: AddAttachmentRequest): Promise<Answered> {
    const { caseId } = request;
    const page = await findPage(this.desk, context.tenant, caseId);
    if (page === undefined) return notFound(this.desk, context, caseId);
    const checked = await this.check(page.profile, request.content);
    return 'content' in checked
      ? this.add(context, { ...request, clean: checked })
      : refused(caseId, checked);
  }

  /** Adds what `check` found clean. */
  add(context: CommandContext, attachment: CleanAttachment): Promise<Answered> {
    return decideOnPage(this.desk, context, attachment.caseId, this.adding(context, attachment));
  }

  adding(
    { commandId, tenant }: CommandContext,
    { caseId, kind, clean, location }: CleanAttachment,
  ): DecideOnPage {
    const attachmentId = this.desk.derivedId(commandId, 'attachment');
    const evidence = {
      attachmentId,
      kind,
      mediaType: clean.mediaType,
      sizeBytes: clean.content.byteLength,
      sha256: createHash('sha256').update(clean.content).digest('hex'),
      ...(location !== undefined && { location }),
    };
    return async (state, { profile, subjectId }) => {
      const decision = attachDecider.decide({ evidence, profile }, state);
      if (decision.kind === 'accepted' && decision.events.length > 0) {
        const sealed = await this.desk.privacy.sealBytes(subjectId, clean.content);
        await this.store.put({ tenant, caseId, attachmentId }, sealed);
      }
      return decision;
    };
  }

  /** Size, true type and readability of a file, before anything is stored. */
  async check({ attachments }: Profile, content: Uint8Array): Promise<CleanEvidence | Rejection> {
    const { maxBytes, mediaTypes } = attachments;
    if (content.byteLength === 0) return reject('ATTACHMENT_EMPTY', 'invalid').rejection;
    if (content.byteLength > maxBytes)
      return reject('ATTACHMENT_TOO_LARGE', 'invalid', { maxBytes }).rejection;
    const inspected = await this.inspector.inspect(content);
    if (inspected.kind === 'unknown' || !mediaTypes.includes(inspected.mediaType)) {
      return reject('ATTACHMENT_TYPE_NOT_ALLOWED', 'invalid', { mediaTypes }).rejection;
    }
    if (inspected.kind === 'unreadable') return reject('ATTACHMENT_UNREADABLE', 'invalid').rejection;
    return inspected;
  }
}
