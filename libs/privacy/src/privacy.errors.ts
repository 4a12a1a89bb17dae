/** The subject's key was erased: the value is gone for good. */
export class SubjectErased extends Error {
  readonly code = 'SUBJECT_ERASED';
  readonly retriable = false;
}
/** The value was altered or sealed under another key. */
export class SealBroken extends Error {
  readonly code = 'SEAL_BROKEN';
  readonly retriable = false;
}
/** The key table or the key-encryption key cannot be reached. */
export class KeysUnavailable extends Error {
  readonly code = 'KEYS_UNAVAILABLE';
  readonly retriable = true;
}
