/**
 * Arrays in PostgreSQL's binary format, as `array_recv` reads it: given to the driver as a buffer they reach the server as they are.
 * In the text format both sides look at each character of each body; here only lengths are written.
 */

/** Type ids of PostgreSQL. */
const oid = { int4: 23, text: 25, uuid: 2950 } as const;

const nullLength = -1;
const headerBytes = 20;

/** `text[]` in UTF-8; null is NULL. */
export function textArray(items: readonly (string | null)[]): Buffer {
  const lengths = items.map((item) => (item === null ? 0 : Buffer.byteLength(item)));
  const array = header(
    oid.text,
    items.length,
    lengths.reduce((sum, n) => sum + 4 + n, 0),
    items.includes(null),
  );
  let at = headerBytes;
  for (let i = 0; i < items.length; i += 1) {
    const [item, length] = [items[i] ?? null, lengths[i] ?? 0];
    at = array.writeInt32BE(item === null ? nullLength : length, at);
    if (item !== null) at += array.write(item, at, length, 'utf8');
  }
  return array;
}

/** `integer[]`. */
export function integerArray(items: readonly number[]): Buffer {
  const array = header(oid.int4, items.length, items.length * 8);
  items.forEach((item, i) => {
    array.writeInt32BE(4, headerBytes + i * 8);
    array.writeInt32BE(item, headerBytes + i * 8 + 4);
  });
  return array;
}

/** `uuid[]`, of ids in the usual form with dashes. */
export function uuidArray(items: readonly string[]): Buffer {
  const array = header(oid.uuid, items.length, items.length * 20);
  let at = headerBytes;
  for (const item of items) {
    at = array.writeInt32BE(16, at);
    for (let i = 0; i < item.length; i += 2) {
      if (item.charCodeAt(i) === dash) i += 1;
      array[at++] = (digit(item.charCodeAt(i)) << 4) | digit(item.charCodeAt(i + 1));
    }
  }
  return array;
}

const dash = 45;

/** Of a lower-case hexadecimal digit's character code. */
const digit = (code: number): number => (code < 58 ? code - 48 : code - 87);

/** One dimension from 1. The format has no elements of none, but a dimension of 0 is read, too. */
function header(elementType: number, count: number, bodyBytes: number, hasNulls = false): Buffer {
  const array = Buffer.allocUnsafe(headerBytes + bodyBytes);
  array.writeInt32BE(1, 0);
  array.writeInt32BE(hasNulls ? 1 : 0, 4);
  array.writeInt32BE(elementType, 8);
  array.writeInt32BE(count, 12);
  array.writeInt32BE(1, 16);
  return array;
}
