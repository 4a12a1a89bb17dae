import { hash } from 'node:crypto';

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * UUIDv5 (RFC 9562 §5.5): the same namespace and name give the same id, everywhere and for ever.
 * @throws TypeError when the namespace is no UUID
 */
export function namedUuid(namespace: string, name: string): string {
  return formatted(digest(namespace, name), 5);
}

/**
 * UUIDv8 (RFC 9562 §5.8): Unix milliseconds in its first 48 bits, as in a UUIDv7, the rest named as by `namedUuid`. What came into being at the same time
 * lies together in an index: in a large one, names without an order cost a page that nobody has touched for long each.
 * @param at RFC 3339; part of the name: it has to be the same whenever the id is asked for again
 * @throws TypeError when the namespace is no UUID or the time cannot be read
 */
export function namedUuidAt(at: string, namespace: string, name: string): string {
  const milliseconds = Date.parse(at);
  if (!(milliseconds >= 0)) throw new TypeError('the time of a UUID is RFC 3339, from 1970 on');
  const time = milliseconds.toString(16).padStart(12, '0');
  return formatted(`${time}${digest(namespace, name).slice(12)}`, 8);
}

function digest(namespace: string, name: string): string {
  if (!uuid.test(namespace)) throw new TypeError('the namespace of a named UUID is a UUID');
  const named = Buffer.concat([Buffer.from(namespace.replaceAll('-', ''), 'hex'), Buffer.from(name, 'utf8')]);
  return hash('sha1', named, 'hex');
}

function formatted(hex: string, version: number): string {
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${version}${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
