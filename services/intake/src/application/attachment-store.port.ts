/** Where evidence lies. The content is sealed before it comes here. */
export interface AttachmentStore {
  /** Durable when it resolves; the same key again replaces the content. */
  put(key: AttachmentKey, sealed: Uint8Array): Promise<void>;
  /** Undefined when nothing is stored under the key. */
  get(key: AttachmentKey): Promise<Uint8Array | undefined>;
}

export interface AttachmentKey {
  readonly tenant: string;
  readonly caseId: string;
  readonly attachmentId: string;
}
