/** Messages are fixed texts: neither values nor addresses of people ever stand in an error. */

/** The subject's key was erased: the value is gone for good. */
export class SubjectErased extends Error {
  readonly code = 'SUBJECT_ERASED';
  readonly retriable = false;
}
/** No key was ever minted for the subject: `mint` was forgotten, or the value comes from elsewhere. */
export class SubjectUnknown extends Error {
  readonly code = 'SUBJECT_UNKNOWN';
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
/** The key file is missing, unreadable or malformed; an operator must act. */
export class KeyFileInvalid extends Error {
  readonly code = 'KEY_FILE_INVALID';
  readonly retriable = false;
}
