import { type Sealed } from './sealed';

/**
 * Seals and opens personal values (design §3.11): AES-256-GCM under a data key per subject, the key wrapped by a
 * key-encryption key behind `KeyEncryption`. Erasing a subject's key makes its values unreadable for ever; the
 * chain and the statistics stay.
 */
export interface Privacy {
  /**
   * Commits a fresh data key for the subject before first use; repeating it is harmless. Answers whether this very call committed it: then nobody
   * has used it yet. @throws KeysUnavailable (retriable)
   */
  mint(subjectId: string, tenant: string): Promise<boolean>;
  /** @throws SubjectErased, SubjectUnknown (permanent), KeysUnavailable (retriable) */
  seal(subjectId: string, plain: string): Promise<Sealed>;
  /** Seals every string value of a record that is present; keeps the keys. */
  sealAll<K extends string>(
    subjectId: string,
    plain: Readonly<Partial<Record<K, string | undefined>>>,
  ): Promise<Partial<Record<K, Sealed>>>;
  /** @throws SubjectErased, SubjectUnknown, SealBroken (permanent), KeysUnavailable (retriable) */
  open(sealed: Sealed): Promise<string>;
  /** Like `open`, but an erased subject reads as undefined. For displays and messages. */
  openOrErased(sealed: Sealed): Promise<string | undefined>;
  sealBytes(subjectId: string, plain: Uint8Array): Promise<Uint8Array>;
  openBytes(subjectId: string, sealed: Uint8Array): Promise<Uint8Array>;
  /**
   * Deletes the subject's key; idempotent. Takes effect at once in this process and within 5 seconds in all others,
   * which may hold the key in memory for that long.
   */
  erase(subjectId: string): Promise<void>;
  /**
   * Keyed blind index (HMAC-SHA-256, hex) of a normalised value, per tenant and purpose (`phone`, `civilNumber` …):
   * equal values compare equal, nothing else can be learned without the key. Never put it into events.
   */
  blindIndex(tenant: string, purpose: string, normalised: string): Promise<string>;
  /**
   * Keyed digest of a text under the subject's own key (HMAC-SHA-256, 128 bits, base64url): tells equal texts from others while the
   * key lives, and nothing at all once it is erased. May stand in events. Undefined when the subject is erased.
   * @throws SubjectUnknown (permanent), KeysUnavailable (retriable)
   */
  fingerprint(subjectId: string, text: string): Promise<string | undefined>;
}

/** Wraps data keys. File in development; Vault transit or a cloud KMS in production. */
export interface KeyEncryption {
  /** Version that `wrap` uses now; old versions still unwrap (rotation). */
  readonly currentVersion: string;
  wrap(plain: Uint8Array): Promise<{ readonly version: string; readonly wrapped: Uint8Array }>;
  unwrap(version: string, wrapped: Uint8Array): Promise<Uint8Array>;
  /** Root key of the blind indexes (32 bytes), when it is kept in the same place. Never rotated. */
  indexKey?(): Promise<Uint8Array>;
}
