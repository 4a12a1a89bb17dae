import { LRUCache } from 'lru-cache';
import { type SubjectKeys } from './subject-keys.port';

export interface KeyCacheLimits {
  /** Most keys held at once; the one unused for longest goes first. */
  readonly size: number;
  /**
   * Milliseconds that a key may be used after it was asked for. This bounds how long another process can still
   * open the values of an erased subject: at most 5,000, counted from before the key was read.
   */
  readonly ttlMs: number;
}

interface Held {
  readonly key: Promise<Uint8Array>;
  readonly until: number;
}

export const longestTtlMs = 5_000;

/**
 * Keeps data keys for moments, so that folding a case does not ask the table for every value. Calls at the same time
 * share one read. Failures are not kept. Erasing here takes effect at once, elsewhere within `ttlMs`.
 */
export function cachedSubjectKeys(
  keys: SubjectKeys,
  limits: KeyCacheLimits,
  monotonicMs: () => number,
): SubjectKeys {
  if (limits.ttlMs > longestTtlMs) throw new RangeError(`keys may be kept for at most ${longestTtlMs} ms`);
  const held = new LRUCache<string, Held>({ max: limits.size });
  /** Held from the beginning, so that an erasure meanwhile drops it. */
  const holdFor = (subjectId: string, key: Promise<Uint8Array>): Promise<Uint8Array> => {
    const entry: Held = { until: monotonicMs() + limits.ttlMs, key };
    held.set(subjectId, entry);
    key.catch(() => {
      if (held.peek(subjectId) === entry) held.delete(subjectId);
    });
    return key;
  };
  const read = (subjectId: string): Promise<Uint8Array> => holdFor(subjectId, keys.keyOf(subjectId));
  return {
    mint: async (subjectId, tenant) => {
      const minted = keys.mint(subjectId, tenant);
      void holdFor(
        subjectId,
        minted.then((key) => key ?? keys.keyOf(subjectId)),
      );
      return minted;
    },
    keyOf: async (subjectId) => {
      const known = held.get(subjectId);
      return known === undefined || known.until <= monotonicMs() ? read(subjectId) : known.key;
    },
    erase: async (subjectId) => {
      try {
        await keys.erase(subjectId);
      } finally {
        held.delete(subjectId);
      }
    },
  };
}
