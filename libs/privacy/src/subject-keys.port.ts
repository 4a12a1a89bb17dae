/** Where data keys live: one per subject, unwrapped only in memory. */
export interface SubjectKeys {
  /**
   * Commits a fresh key unless the subject has one or was erased. Retry-safe. Answers with the key that this very call committed, else with nothing.
   * @throws KeysUnavailable
   */
  mint(subjectId: string, tenant: string): Promise<Uint8Array | undefined>;
  /** The 32-byte key. @throws SubjectErased, SubjectUnknown (permanent), KeysUnavailable (retriable) */
  keyOf(subjectId: string): Promise<Uint8Array>;
  /** Deletes the key for good; later calls of `mint` do not bring it back. Retry-safe. @throws KeysUnavailable */
  erase(subjectId: string): Promise<void>;
}
