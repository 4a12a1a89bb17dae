import { type Readable } from 'node:stream';
import { type Pool, escapeLiteral } from 'pg';
import { to } from 'pg-copy-streams';
import { type ReadAllOptions, type ReadAllResult, type RecordedEvent, START } from '../event-store.port';
import { limits } from '../json/event-checks';
import { bigint, instants } from './binary-rows';
import { pageOf, token } from './event-rows';
import { windowSize } from './postgres-reading';
import { onConnection } from './store-call';

/**
 * The same page as `readAllFrom` reads, by COPY in its binary format: values come without a message and a description for each row, and are
 * cut from one piece of memory. COPY is planned each time: a page of a few events is cheaper the other way.
 */
export function readAllByCopy(pool: Pool, request: ReadAllOptions): Promise<ReadAllResult> {
  const { after = START, limit = 500 } = request;
  return onConnection(pool, 'read', request, async (client) =>
    pageIn(await filling(client.query(to(statement(request, after, limit)))), after),
  );
}

/** COPY knows no parameters: numbers pass through a number type, names through the driver's quoting. */
function statement({ filter }: ReadAllOptions, after: string, limit: number): string {
  const page = [BigInt(after), BigInt(limit), names(filter?.types), names(filter?.categories), windowSize];
  return `copy (
    select position, revision, stored_at, id::text || type || ' ' || stream, data, metadata from eventstore.read_all(${page.join(', ')})
  ) to stdout (format binary)`;
}

function names(items: readonly string[] | undefined): string {
  return items === undefined ? 'null' : `array[${items.map(escapeLiteral).join(', ')}]::text[]`;
}

/** What came, up to the row that fills a page; the rest is read and dropped, because a COPY cannot be stopped. */
async function filling(copied: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let [bytes, cut] = [0, false];
  for await (const chunk of copied as AsyncIterable<Buffer>) {
    if (bytes < limits.bytesPerPage) chunks.push(chunk);
    else cut = true;
    bytes += chunk.length;
  }
  const kept = Buffer.concat(chunks);
  return cut ? wholeRows(kept) : kept;
}

/** Without the row that was cut, and with an end. */
function wholeRows(copied: Buffer): Buffer {
  let at = firstRow(copied);
  for (let next: number | undefined = at; next !== undefined; next = afterRow(copied, next)) at = next;
  return Buffer.concat([copied.subarray(0, at), endOfCopy]);
}

/** Where the next row begins; undefined when this one is not all there, or is the end. */
function afterRow(copied: Buffer, row: number): number | undefined {
  if (row + 2 > copied.length) return undefined;
  let at = row + 2;
  for (let columns = copied.readInt16BE(row); columns !== 0; columns -= 1) {
    if (columns < 0 || at + 4 > copied.length) return undefined;
    at += 4 + Math.max(0, copied.readInt32BE(at));
  }
  return at <= copied.length ? at : undefined;
}

const firstRow = (copied: Buffer): number => signatureBytes + 4 + copied.readInt32BE(signatureBytes);

/** Signature and flags, then the length of an extension of the header. */
const signatureBytes = 15;
/** −1 where a row would say how many columns it has. */
const endOfCopy = Buffer.from([0xff, 0xff]);

const idLength = 36;

/** @param after where the page began */
export function pageIn(copied: Buffer, after: string): ReadAllResult {
  const events: RecordedEvent[] = [];
  const instant = instants();
  let at = firstRow(copied);
  let [checkpoint, caughtUp]: [string | undefined, boolean] = [undefined, false];
  const length = (): number => copied.readInt32BE((at += 4) - 4);
  const integer = (): number | undefined => {
    if (length() === -1) return undefined;
    at += 8;
    return bigint(copied, at - 8);
  };
  const text = (): string => {
    const bytes = length();
    at += bytes;
    return copied.toString('utf8', at - bytes, at);
  };
  // A row begins with the number of its columns; −1 ends the copy.
  while (copied.readInt16BE((at += 2) - 2) !== -1) {
    const position = integer();
    const revision = length() === -1 ? -1 : copied.readInt32BE((at += 4) - 4);
    const microseconds = integer();
    if (microseconds === undefined) {
      [checkpoint, caughtUp] = [position?.toString(), revision === 1];
      at += 3 * 4;
      continue;
    }
    const names = text();
    const space = names.indexOf(' ', idLength);
    events.push({
      position: token(String(position)),
      stream: names.slice(space + 1),
      revision,
      id: names.slice(0, idLength),
      type: names.slice(idLength, space),
      data: text(),
      metadata: text(),
      storedAt: instant(microseconds),
    });
  }
  return pageOf(events, checkpoint, caughtUp, after);
}
