import { createHash } from 'node:crypto';
import { type CaseEvent, type Location, caseStream } from '@balagh/case-events';
import { type Rejection, reject } from '@balagh/decider';
import { type CommandContext } from '@balagh/event-store';
import { discard } from '@balagh/privacy';
import { type Profile } from '@balagh/profile';
import { type EvidenceKind, attachDecider } from '../domain/attach.decider';
import { type AttachmentStore } from './attachment-store.port';
import {
  type Answered,
  type DecideOnPage,
  type Desk,
  type Page,
  answerOf,
  commandOnPage,
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

/** Files of one request: one at least. */
export interface AddAttachmentsRequest {
  readonly caseId: string;
  readonly files: readonly EvidenceFile[];
}

export interface EvidenceFile {
  readonly kind: EvidenceKind;
  readonly content: Uint8Array;
}

export interface CheckedEvidence {
  readonly kind: EvidenceKind;
  readonly clean: CleanEvidence;
}

export type CleanEvidence = Extract<Inspected, { kind: 'clean' }>;
export type CleanAttachment = Omit<AddAttachmentRequest, 'content'> & {
  readonly clean: CleanEvidence;
  /** How many more come with it, of which none is wanted without the others. */
  readonly following?: number;
};

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

  /** All of them are added, in one append, or none. The files are gone once this has ended: some of it is kept as it came. */
  async handleAll(
    context: (place: number) => CommandContext,
    { caseId, files }: AddAttachmentsRequest,
  ): Promise<Answered> {
    const { tenant } = context(0);
    const page = await findPage(this.desk, tenant, caseId);
    if (page === undefined) return notFound(this.desk, context(0), caseId);
    const checked = await this.checkAll(page.profile, files);
    if (!('evidence' in checked)) return refused(caseId, checked);
    try {
      return await this.addAll(context, page, checked.evidence);
    } finally {
      for (const { clean } of checked.evidence) discard(clean.content);
    }
  }

  private async addAll(
    context: (place: number) => CommandContext,
    page: Page,
    evidence: readonly CheckedEvidence[],
  ): Promise<Answered> {
    const { caseId } = page;
    const together = this.together(context(0).tenant, caseId);
    const adds = evidence.map((each, place) => {
      const following = evidence.length - 1 - place;
      const adding = this.adding(context(place), { caseId, ...each, following }, together);
      return commandOnPage(this.desk, context(place), page, adding);
    });
    const commands = await Promise.all(adds);
    const outcomes = await this.desk.streams.executeAll<CaseEvent>(caseStream(caseId), commands);
    const last = outcomes.at(-1);
    if (last === undefined) throw new TypeError('no files were given');
    return answerOf(caseId, last, commands.at(-1)?.seen());
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
    { kind, clean, location, following = 0 }: CleanAttachment,
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
      const decision = attachDecider.decide({ evidence, profile, following }, state);
      if (decision.kind === 'accepted' && decision.events.length > 0) await store(subjectId);
      return decision;
    };
  }

  /** `check` of each, and whether a case may have so many; the first refusal. */
  async checkAll(
    profile: Profile,
    files: readonly EvidenceFile[],
  ): Promise<Rejection | { readonly evidence: readonly CheckedEvidence[] }> {
    const { maxPerCase } = profile.attachments;
    if (files.length > maxPerCase) return reject('ATTACHMENTS_TOO_MANY', 'invalid', { maxPerCase }).rejection;
    const evidence: CheckedEvidence[] = [];
    for (const { kind, content } of files) {
      const clean = await this.check(profile, content);
      if (!('content' in clean)) return clean;
      evidence.push({ kind, clean });
    }
    return { evidence };
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
