import { hash } from 'node:crypto';

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * UUIDv5 (RFC 9562 §5.5): the same namespace and name give the same id, everywhere and for ever.
 * @throws TypeError when the namespace is no UUID
 */
export function namedUuid(namespace: string, name: string): string {
  if (!uuid.test(namespace)) throw new TypeError('the namespace of a named UUID is a UUID');
  const named = Buffer.concat([Buffer.from(namespace.replaceAll('-', ''), 'hex'), Buffer.from(name, 'utf8')]);
  const hex = hash('sha1', named, 'hex');
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
