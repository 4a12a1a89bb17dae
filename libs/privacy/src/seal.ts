import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { discard } from './discard';
import { SealBroken } from './privacy.errors';
import { type Sealed, isSealed, sealedPrefix, subjectOf } from './sealed';

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/** Bytes of a key of AES-256. */
export const keyBytes = 32;

/** Nonce, ciphertext and tag; `context` is authenticated but not stored. */
export function encrypt(key: Uint8Array, context: string, plain: Uint8Array): Uint8Array {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, key, nonce).setAAD(Buffer.from(context, 'utf8'));
  const body = cipher.update(plain);
  const sealed = Buffer.concat([nonce, body, cipher.final(), cipher.getAuthTag()]);
  discard(body);
  return sealed;
}

/** @throws SealBroken when the bytes, the key or the context are not the ones of `encrypt`. */
export function decrypt(key: Uint8Array, context: string, sealed: Uint8Array): Uint8Array {
  if (sealed.length < nonceBytes + tagBytes) throw new SealBroken('the sealed value is too short');
  const bytes = Buffer.from(sealed);
  const end = bytes.length - tagBytes;
  try {
    const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, nonceBytes), {
      authTagLength: tagBytes,
    })
      .setAAD(Buffer.from(context, 'utf8'))
      .setAuthTag(bytes.subarray(end));
    return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, end)), decipher.final()]);
  } catch {
    throw new SealBroken('the sealed value was altered or sealed under another key');
  }
}

export function sealText(key: Uint8Array, subjectId: string, plain: string): Sealed {
  const bytes = encrypt(key, subjectId, Buffer.from(plain, 'utf8'));
  return `${sealedPrefix}${subjectId}:${Buffer.from(bytes).toString('base64url')}`;
}

/** @throws SealBroken */
export function openText(key: Uint8Array, sealed: Sealed): string {
  const bytes = Buffer.from(sealed.split(':')[3] ?? '', 'base64url');
  return Buffer.from(decrypt(key, subjectOf(sealed), bytes)).toString('utf8');
}

/** The subject of a sealed value. @throws SealBroken when it is not one */
export function subjectOfSealed(sealed: Sealed): string {
  const subject = isSealed(sealed) ? subjectOf(sealed) : '';
  if (subject === '') throw new SealBroken('not a sealed value');
  return subject;
}
