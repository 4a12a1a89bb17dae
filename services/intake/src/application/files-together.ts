import { type Privacy, discard } from '@balagh/privacy';
import { type AttachmentOwner, type AttachmentStore, type SealedFile } from './attachment-store.port';

interface File {
  readonly attachmentId: string;
  readonly content: Uint8Array;
}

/** Files of one case that come together, and are stored together: the disk flushes once for all. */
export class FilesTogether {
  private readonly waiting: File[] = [];

  constructor(
    private readonly privacy: Privacy,
    private readonly store: AttachmentStore,
    private readonly owner: AttachmentOwner,
  ) {}

  /** @returns what stores this file and those that joined after it, sealed and durable, once */
  join(attachmentId: string, content: Uint8Array): (subjectId: string) => Promise<void> {
    const file = { attachmentId, content };
    this.waiting.push(file);
    return async (subjectId) => {
      const place = this.waiting.indexOf(file);
      if (place === -1) return;
      const sealed = this.waiting.slice(place).map(async (each) => ({
        attachmentId: each.attachmentId,
        sealed: await this.privacy.sealBytes(subjectId, each.content),
      }));
      await this.putAndDiscard(await Promise.all(sealed));
      this.waiting.length = place;
    };
  }

  private async putAndDiscard(files: readonly SealedFile[]): Promise<void> {
    try {
      await this.store.put(this.owner, files);
    } finally {
      for (const { sealed } of files) discard(sealed);
    }
  }
}
