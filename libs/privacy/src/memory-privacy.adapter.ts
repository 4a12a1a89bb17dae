import { randomBytes } from 'node:crypto';
import { SubjectErased, SubjectUnknown } from './privacy.errors';
import { type Privacy } from './privacy.port';
import { privacyOver } from './privacy';
import { keyBytes } from './seal';
import { type SubjectKeys } from './subject-keys.port';

/** Real encryption, keys in this process only: for specifications. Two of them cannot read each other's values. */
export function createMemoryPrivacy(): Privacy {
  const indexKey = randomBytes(keyBytes);
  return privacyOver(createMemorySubjectKeys(), () => Promise.resolve(indexKey));
}

/** Keys in a map; an erased subject stays known as erased. */
export function createMemorySubjectKeys(): SubjectKeys {
  const keys = new Map<string, Uint8Array | 'erased'>();
  return {
    mint: async (subjectId) => {
      if (keys.has(subjectId)) return undefined;
      const key = randomBytes(keyBytes);
      keys.set(subjectId, key);
      return key;
    },
    keyOf: async (subjectId) => {
      const key = keys.get(subjectId);
      if (key === undefined) throw new SubjectUnknown('no key was minted for the subject');
      if (key === 'erased') throw new SubjectErased('the key of the subject was erased');
      return key;
    },
    erase: async (subjectId) => {
      keys.set(subjectId, 'erased');
    },
  };
}
