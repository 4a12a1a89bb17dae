import { type Pool } from 'pg';
import { cachedSubjectKeys } from './cached-subject-keys';
import { createPostgresSubjectKeys } from './postgres-subject-keys.adapter';
import { privacyOver } from './privacy';
import { type KeyEncryption, type Privacy } from './privacy.port';

export interface PrivacyOptions {
  /** Reaches schema `keys` with select, insert and update. The caller closes it. */
  readonly pool: Pool;
  readonly keyEncryption: KeyEncryption;
  /** 32 bytes for blind indexes; absent: the one of `keyEncryption`, and without either `blindIndex` is refused. */
  readonly indexKey?: Uint8Array;
  /** Most data keys held in memory. Default 10,000. */
  readonly cachedKeys?: number;
  /** Milliseconds until another process's erasure takes effect here. Default and at most 5,000. */
  readonly cacheTtlMs?: number;
}

/**
 * Privacy over PostgreSQL. A key is committed by `mint` before anything can be sealed with it, so no value can outlive
 * its key by a crash. An erasure takes effect at once in this process and within `cacheTtlMs` in all others; backups of
 * the table keep wrapped keys for as long as the backups themselves are kept.
 */
export function createPrivacy(options: PrivacyOptions): Privacy {
  const { pool, keyEncryption, indexKey, cachedKeys = 10_000, cacheTtlMs = 5_000 } = options;
  const keys = cachedSubjectKeys(
    createPostgresSubjectKeys(pool, keyEncryption),
    { size: cachedKeys, ttlMs: cacheTtlMs },
    () => performance.now(),
  );
  return privacyOver(keys, async () => indexKey ?? (await keyEncryption.indexKey?.()));
}
