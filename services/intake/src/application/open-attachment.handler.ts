import { createHash } from 'node:crypto';
import { type CaseEvent, caseStream } from '@balagh/case-events';
import { type Privacy, SealBroken } from '@balagh/privacy';
import { type Streams } from '@balagh/event-store';
import { type AttachmentStore } from './attachment-store.port';

export interface OpenedAttachment {
  readonly mediaType: string;
  readonly content: Uint8Array;
}

/** Reads one piece of evidence back for staff; the caller authorises. */
export class OpenAttachmentHandler {
  constructor(
    private readonly streams: Streams,
    private readonly privacy: Privacy,
    private readonly store: AttachmentStore,
  ) {}

  /**
   * Undefined when the organisation has no such case or the case no such attachment.
   * @throws SealBroken when the stored bytes are not the ones the event recorded; SubjectErased
   */
  async handle(tenant: string, caseId: string, attachmentId: string): Promise<OpenedAttachment | undefined> {
    const { events } = await this.streams.load<CaseEvent>(caseStream(caseId));
    if (events[0]?.metadata.tenant !== tenant || events[0].type !== 'CaseOpened') return undefined;
    const added = events.find(
      (event) => event.type === 'AttachmentAdded' && event.data.attachmentId === attachmentId,
    );
    if (added?.type !== 'AttachmentAdded') return undefined;
    const sealed = await this.store.get({ tenant, caseId, attachmentId });
    if (sealed === undefined) return undefined;
    const content = await this.privacy.openBytes(events[0].data.subjectId, sealed);
    const sha256 = createHash('sha256').update(content).digest('hex');
    if (sha256 !== added.data.sha256) throw new SealBroken('the attachment is not the one that was added');
    return { mediaType: added.data.mediaType, content };
  }
}
