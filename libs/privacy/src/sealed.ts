/** `sealed:v1:<subject id>:<base64url of nonce, ciphertext and tag>` */
export type Sealed = string;

export const sealedPrefix = 'sealed:v1:';

export function isSealed(value: unknown): value is Sealed {
  return typeof value === 'string' && value.startsWith(sealedPrefix);
}

/** The subject whose key opens the value. */
export function subjectOf(sealed: Sealed): string {
  return sealed.split(':')[2] ?? '';
}
