/**
 * Which case holds a complaint's key: a blind index over the fields that make two complaints the same (KWT-12).
 * Rows are deletable; nothing of this is in events.
 */
export interface DuplicateKeys {
  /** Takes the key for the case unless another one holds it; from then on it is held anew, also by who held it before. Retry-safe. */
  claim(tenant: string, key: string, caseId: string): Promise<KeyHolder>;
  /** Passes the key on, if `from` still holds it. */
  takeOver(tenant: string, key: string, from: string, to: string): Promise<boolean>;
}

export interface KeyHolder {
  readonly caseId: string;
  /** Milliseconds since the holder last claimed it, by the database's clock. */
  readonly heldForMs: number;
}
