/** Where evidence lies. The content is sealed before it comes here. */
export interface AttachmentStore {
  /**
   * All of them are durable when it resolves; the same id again replaces what is there by what was sealed anew. After a failure some may be there. The bytes are gone once it
   * has ended, either way: it neither keeps them nor is still writing.
   */
  put(owner: AttachmentOwner, files: readonly SealedFile[]): Promise<void>;
  /** Undefined when nothing is stored under the key. */
  get(key: AttachmentKey): Promise<Uint8Array | undefined>;
}

export interface AttachmentOwner {
  readonly tenant: string;
  readonly caseId: string;
}

export interface AttachmentKey extends AttachmentOwner {
  readonly attachmentId: string;
}

export interface SealedFile {
  readonly attachmentId: string;
  readonly sealed: Uint8Array;
}
