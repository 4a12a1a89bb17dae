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
  items.forEach((item, i) => {
    const length = lengths[i] ?? 0;
    at = array.writeInt32BE(item === null ? nullLength : length, at);
    if (item !== null) at += array.write(item, at, length, 'utf8');
  });
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
  items.forEach((item, i) => {
    array.writeInt32BE(16, headerBytes + i * 20);
    array.write(item.replaceAll('-', ''), headerBytes + i * 20 + 4, 'hex');
  });
  return array;
}

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
