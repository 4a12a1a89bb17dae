import { type RecordedEvent } from '../event-store.port';
import { token } from './event-rows';

/** Values of a row in PostgreSQL's binary format, each behind its length. */

const [lengthBytes, integerBytes, bigintBytes, uuidBytes] = [4, 4, 8, 16] as const;
/** The length of NULL. */
const absent = -1;
/** Times are microseconds from here. */
const year2000 = Date.UTC(2000, 0, 1);

/** Of an event, in the order in which `eventIn` reads it. */
export const eventColumns = 'data, metadata, type, revision, position, id, stored_at';

/** What `toString` calls for one encoding: a row has five values that are text, and finding the encoding takes longer than most of them. */
interface Sliced extends Buffer {
  utf8Slice(from: number, to: number): string;
  latin1Slice(from: number, to: number): string;
  hexSlice(from: number, to: number): string;
}

/**
 * A row of `eventColumns`, none of them NULL.
 * @param at where its first value begins
 * @param stream where all rows are of one; otherwise it is the column behind the others
 */
export function eventIn(
  row: Buffer,
  at: number,
  stream: string | undefined,
  instant: (microseconds: number) => string,
): RecordedEvent {
  const bytes = row as Sliced;
  const dataEnds = endOf(bytes, at);
  const metadataEnds = endOf(bytes, dataEnds);
  const typeEnds = endOf(bytes, metadataEnds);
  const revision = typeEnds + lengthBytes;
  const position = revision + integerBytes + lengthBytes;
  const id = position + bigintBytes + lengthBytes;
  const storedAt = id + uuidBytes + lengthBytes;
  return {
    position: token(String(bigint(bytes, position))),
    stream: stream ?? textBehind(bytes, storedAt + bigintBytes),
    revision: integer(bytes, revision),
    id: uuid(bytes, id),
    type: bytes.latin1Slice(metadataEnds + lengthBytes, typeEnds),
    data: bytes.utf8Slice(at + lengthBytes, dataEnds),
    metadata: bytes.utf8Slice(dataEnds + lengthBytes, metadataEnds),
    storedAt: instant(bigint(bytes, storedAt)),
  };
}

const endOf = (bytes: Buffer, at: number): number => at + lengthBytes + integer(bytes, at);

const textBehind = (bytes: Sliced, at: number): string =>
  bytes.latin1Slice(at + lengthBytes, endOf(bytes, at));

/** What a row says that is no event: about a stream, or about a page. Its `metadata` and `type` are NULL. */
export interface Note {
  /** In the place of `data`. */
  readonly text?: string;
  readonly revision: number;
  readonly position?: string;
}

/** Undefined: the row is an event. @param at where its first value begins */
export function noteIn(row: Buffer, at: number): Note | undefined {
  const bytes = row as Sliced;
  const text = integer(bytes, at);
  const textEnds = at + lengthBytes + Math.max(0, text);
  if (integer(bytes, textEnds) !== absent) return undefined;
  const revision = textEnds + 3 * lengthBytes;
  const position = revision + integerBytes;
  return {
    ...(text === absent ? {} : { text: bytes.latin1Slice(at + lengthBytes, textEnds) }),
    revision: integer(bytes, revision),
    ...(integer(bytes, position) === absent
      ? {}
      : { position: String(bigint(bytes, position + lengthBytes)) }),
  };
}

/** As `readInt32BE`, without its checks: rows are whole. */
const integer = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] ?? 0) << 24) |
  ((bytes[at + 1] ?? 0) << 16) |
  ((bytes[at + 2] ?? 0) << 8) |
  (bytes[at + 3] ?? 0);

/** Exact to 2⁵³. */
export const bigint = (bytes: Uint8Array, at: number): number =>
  integer(bytes, at) * 4_294_967_296 + (integer(bytes, at + 4) >>> 0);

function uuid(bytes: Sliced, at: number): string {
  const digits = bytes.hexSlice(at, at + uuidBytes);
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${digits.slice(12, 16)}-${digits.slice(16, 20)}-${digits.slice(20)}`;
}

/** RFC 3339 from microseconds since 2000. Neighbours mostly share their second, and making a date costs as much as parsing a body. */
export function instants(): (microseconds: number) => string {
  let [second, words] = [Number.NaN, ''];
  return (microseconds) => {
    const wanted = Math.floor(microseconds / 1_000_000);
    if (wanted !== second)
      [second, words] = [wanted, new Date(wanted * 1_000 + year2000).toISOString().slice(0, 20)];
    const milliseconds = Math.floor((microseconds - wanted * 1_000_000) / 1_000);
    return `${words}${String(milliseconds).padStart(3, '0')}Z`;
  };
}
