import { type Connection } from 'pg';

/** Takes the rows of an answer as the bytes that came. */
export interface RowTaker {
  /** @param at where the row's first value begins: its length in four bytes, −1 for NULL, then its bytes. Must not throw. */
  takeRow(bytes: Buffer, at: number): void;
}

type Listener = (bytes: Buffer) => void;

interface ByteStream {
  listeners(event: 'data'): readonly unknown[];
  removeListener(event: 'data', listener: Listener): void;
  on(event: 'data', listener: Listener): void;
}

const taps = new WeakMap<Connection, Tap>();

/**
 * From now on rows go to that taker, not through the driver, which makes text of each value; everything else goes on to the driver.
 * Undefined: rows go to the driver again. Like `pg-copy-streams` it puts itself between socket and driver, while no answer is under way.
 */
export function giveRowsTo(taker: RowTaker | undefined, connection: Connection): void {
  let tap = taps.get(connection);
  if (tap === undefined) taps.set(connection, (tap = new Tap(connection.stream as unknown as ByteStream)));
  tap.taker = taker;
}

/** Of PostgreSQL's messages: a kind in one byte, then a length that counts itself but not the kind. */
const [kindBytes, lengthBytes, columnCountBytes] = [1, 4, 2] as const;
const headerBytes = kindBytes + lengthBytes;
const dataRow = 'D'.charCodeAt(0);
const nothing = Buffer.alloc(0);

class Tap {
  taker: RowTaker | undefined;
  private readonly driver: Listener;
  /** A message that has not all come. */
  private rest: Buffer = nothing;

  constructor(stream: ByteStream) {
    const [driver, ...others] = stream.listeners('data') as Listener[];
    if (driver === undefined || others.length > 0) throw new TypeError('a connection has one listener');
    this.driver = driver;
    stream.removeListener('data', driver);
    stream.on('data', (bytes) => this.take(bytes));
  }

  private take(chunk: Buffer): void {
    if (this.taker === undefined && this.rest.length === 0) {
      this.driver(chunk);
      return;
    }
    const bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    let [at, notPassedOn] = [0, 0];
    while (at + headerBytes <= bytes.length) {
      const length = bytes.readUInt32BE(at + kindBytes);
      const end = at + kindBytes + length;
      if (end > bytes.length) break;
      if (bytes[at] === dataRow && this.taker !== undefined) {
        if (notPassedOn < at) this.driver(bytes.subarray(notPassedOn, at));
        this.taker.takeRow(bytes, at + headerBytes + columnCountBytes);
        notPassedOn = end;
      }
      at = end;
    }
    if (notPassedOn < at) this.driver(bytes.subarray(notPassedOn, at));
    this.rest = bytes.subarray(at);
  }
}
