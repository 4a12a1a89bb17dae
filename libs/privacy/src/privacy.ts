import { createHmac } from 'node:crypto';
import { KeysUnavailable, SubjectErased } from './privacy.errors';
import { type Privacy } from './privacy.port';
import { decrypt, encrypt, openText, sealText, subjectOfSealed } from './seal';
import { type Sealed } from './sealed';
import { type SubjectKeys } from './subject-keys.port';

/** Gives the key of the blind index, or undefined when none is configured. */
export type IndexKeySource = () => Promise<Uint8Array | undefined>;

/** Privacy over any key table: every sealing and opening asks `keys`, which may keep keys for a few seconds. */
export function privacyOver(keys: SubjectKeys, indexKey: IndexKeySource): Privacy {
  const open = async (sealed: Sealed): Promise<string> =>
    openText(await keys.keyOf(subjectOfSealed(sealed)), sealed);
  return {
    mint: async (subjectId, tenant) => (await keys.mint(subjectId, tenant)) !== undefined,
    seal: async (subjectId, plain) => sealText(await keys.keyOf(subjectId), subjectId, plain),
    sealAll: async <K extends string>(
      subjectId: string,
      plain: Readonly<Partial<Record<K, string | undefined>>>,
    ) => {
      const key = await keys.keyOf(subjectId);
      const sealed: Partial<Record<K, Sealed>> = {};
      for (const name of Object.keys(plain) as K[]) {
        const value = plain[name];
        if (value !== undefined) sealed[name] = sealText(key, subjectId, value);
      }
      return sealed;
    },
    open,
    openOrErased: (sealed) => open(sealed).catch(undefinedIfErased),
    sealBytes: async (subjectId, plain) => encrypt(await keys.keyOf(subjectId), subjectId, plain),
    openBytes: async (subjectId, sealed) => decrypt(await keys.keyOf(subjectId), subjectId, sealed),
    erase: (subjectId) => keys.erase(subjectId),
    blindIndex: async (tenant, purpose, normalised) => {
      const root = await indexKey();
      if (root === undefined) throw new KeysUnavailable('no key for blind indexes is configured');
      return createHmac('sha256', purposeKey(root, tenant, purpose))
        .update(normalised, 'utf8')
        .digest('hex');
    },
    fingerprint: (subjectId, text) =>
      keys
        .keyOf(subjectId)
        .then((key) =>
          createHmac('sha256', fingerprintKey(key))
            .update(text, 'utf8')
            .digest()
            .subarray(0, fingerprintBytes)
            .toString('base64url'),
        )
        .catch(undefinedIfErased),
  };
}

const fingerprintBytes = 16;

function undefinedIfErased(error: unknown): undefined {
  if (error instanceof SubjectErased) return undefined;
  throw error;
}

/** A key of its own: what seals values is used for nothing else. */
function fingerprintKey(dataKey: Uint8Array): Uint8Array {
  return createHmac('sha256', dataKey).update('fingerprint', 'utf8').digest();
}

function purposeKey(root: Uint8Array, tenant: string, purpose: string): Uint8Array {
  return createHmac('sha256', root)
    .update(JSON.stringify(['blind-index', tenant, purpose]), 'utf8')
    .digest();
}
