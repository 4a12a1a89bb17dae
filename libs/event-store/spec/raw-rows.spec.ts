import { EventEmitter } from 'node:events';
import { type Connection } from 'pg';
import { type RowTaker, giveRowsTo } from '../src/postgres/raw-rows';

/** A message as the server sends it. */
function message(kind: string, body: Buffer | string): Buffer {
  const bytes = Buffer.from(body as string);
  const head = Buffer.alloc(5);
  head.write(kind, 'latin1');
  head.writeUInt32BE(bytes.length + 4, 1);
  return Buffer.concat([head, bytes]);
}

/** One value in a row: how many columns, its length, its bytes. */
function row(value: string): Buffer {
  const head = Buffer.alloc(6);
  head.writeUInt16BE(1);
  head.writeInt32BE(Buffer.byteLength(value), 2);
  return message('D', Buffer.concat([head, Buffer.from(value)]));
}

/** What reached the driver and what the taker, in order. */
function line() {
  const stream = new EventEmitter();
  const seen: string[] = [];
  let driver = Buffer.alloc(0);
  stream.on('data', (bytes: Buffer) => {
    driver = Buffer.concat([driver, bytes]);
    for (let end = ends(driver); end !== undefined; end = ends(driver)) {
      seen.push(`driver ${driver.toString('latin1', 0, 1)}`);
      driver = driver.subarray(end);
    }
  });
  const taker: RowTaker = {
    takeRow: (bytes, at) => seen.push(bytes.toString('utf8', at + 4, at + 4 + bytes.readInt32BE(at))),
  };
  const connection = { stream } as unknown as Connection;
  const send = (bytes: Buffer): unknown => stream.emit('data', bytes);
  return { connection, taker, seen, send };
}

const ends = (bytes: Buffer): number | undefined =>
  bytes.length >= 5 && bytes.length >= 1 + bytes.readUInt32BE(1) ? 1 + bytes.readUInt32BE(1) : undefined;

const answer = Buffer.concat([
  message('2', ''),
  row('ماء'),
  row(''),
  message('C', 'SELECT 2\0'),
  message('2', ''),
  row('x'.repeat(300)),
  message('C', 'SELECT 1\0'),
  message('Z', 'I'),
]);
const whole = ['driver 2', 'ماء', '', 'driver C', 'driver 2', 'x'.repeat(300), 'driver C', 'driver Z'];

describe('rows of an answer', () => {
  it('go to who takes them and everything else to the driver, in order, wherever the bytes are cut', () => {
    for (let cut = 0; cut <= answer.length; cut += 1) {
      const { connection, taker, seen, send } = line();
      giveRowsTo(taker, connection);
      send(answer.subarray(0, cut));
      send(answer.subarray(cut));
      expect(seen).toEqual(whole);
    }
  });

  it('come byte by byte all the same', () => {
    const { connection, taker, seen, send } = line();
    giveRowsTo(taker, connection);
    for (const byte of answer) send(Buffer.of(byte));
    expect(seen).toEqual(whole);
  });

  it('go to the driver again when nobody takes them any more', () => {
    const { connection, taker, seen, send } = line();
    giveRowsTo(taker, connection);
    send(answer);
    giveRowsTo(undefined, connection);
    send(answer.subarray(0, 11));
    send(answer.subarray(11));
    expect(seen.slice(whole.length)).toEqual(
      ['2', 'D', 'D', 'C', '2', 'D', 'C', 'Z'].map((kind) => `driver ${kind}`),
    );
  });

  it('are taken on a connection that the driver alone listens to', () => {
    const { connection, taker } = line();
    (connection.stream as unknown as EventEmitter).on('data', () => undefined);
    expect(() => giveRowsTo(taker, connection)).toThrow('one listener');
  });
});
