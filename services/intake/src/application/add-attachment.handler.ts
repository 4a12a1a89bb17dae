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
import { FilesTogether } from './files-together';

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
    const { caseId } = attachment;
    const adding = this.adding(context, attachment, this.together(context.tenant, caseId));
    return decideOnPage(this.desk, context, caseId, adding);
  }

  /** For the files of one case that come at once. */
  together(tenant: string, caseId: string): FilesTogether {
    return new FilesTogether(this.desk.privacy, this.store, { tenant, caseId });
  }

  /** The content is part of the id, so that nothing is ever stored in the place of something else, whoever decides on what. */
  adding(
    { commandId }: CommandContext,
    { kind, clean, location }: CleanAttachment,
    together: FilesTogether,
  ): DecideOnPage {
    const sha256 = createHash('sha256').update(clean.content).digest('hex');
    const attachmentId = this.desk.derivedId(commandId, `attachment:${sha256}`);
    const evidence = {
      attachmentId,
      kind,
      mediaType: clean.mediaType,
      sizeBytes: clean.content.byteLength,
      sha256,
      ...(location !== undefined && { location }),
    };
    const store = together.join(attachmentId, clean.content);
    return async (state, { profile, subjectId }) => {
      const decision = attachDecider.decide({ evidence, profile }, state);
      if (decision.kind === 'accepted' && decision.events.length > 0) await store(subjectId);
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
