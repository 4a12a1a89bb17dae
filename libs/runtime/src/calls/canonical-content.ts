import { createHash } from 'node:crypto';
import { InvalidMessage } from '../errors/errors';

/** Parts that differ between honest repeats, or are compared by themselves: ids, versions and times of the command. */
const envelope = new Set(['header', 'commandId']);

/**
 * One spelling of a request's content: names in order, bytes by their SHA-256, the envelope of the command left out on the
 * outermost level. Equal contents give equal texts, whatever order a client writes its fields in.
 * @throws InvalidMessage `REQUEST_INVALID` for what is nested deeper than can be walked
 */
export function canonicalContent(content: unknown): string {
  const outermost = isRecord(content)
    ? Object.fromEntries(Object.entries(content).filter(([name]) => !envelope.has(name)))
    : content;
  try {
    return JSON.stringify(plain(outermost)) ?? '';
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InvalidMessage('REQUEST_INVALID', [{ path: '(root)', problem: 'TOO_DEEP' }]);
  }
}

function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return { sha256: createHash('sha256').update(value).digest('hex') };
  if (Array.isArray(value)) return value.map(plain);
  if (!isRecord(value)) return value;
  const names = Object.keys(value)
    .filter((name) => value[name] !== undefined)
    .sort();
  return Object.fromEntries(names.map((name) => [name, plain(value[name])]));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
