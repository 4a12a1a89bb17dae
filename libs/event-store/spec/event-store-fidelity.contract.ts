import { InvalidEvent } from '../src/event-store.errors';
import { type EventStore, type NewEvent } from '../src/event-store.port';
import { encodeJson } from '../src/json/encode-json';
import { eventsOf, newStream, someEvent } from './contract-events';

const kept: readonly (readonly [string, string])[] = [
  ['the order of keys', '{"b":1,"a":2,"10":3,"9":4}'],
  ['keys that repeat', '{"a":1,"a":2}'],
  ['spaces, tabs and line ends', '{ "spaces" :\t[ 1 , 2 ] }\r\n'],
  ['Arabic', '{"بلاغ":"تسرّب مياه في الحيّ","رقم":"٠١٢٣"}'],
  [
    'direction marks and joiners',
    JSON.stringify('\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2069\u061c\u200c\u200d'),
  ],
  ['emoji beyond the basic plane', '{"🚰":"👩🏽‍🚒👨‍👩‍👧"}'],
  ['composed and decomposed letters apart', JSON.stringify(['é', 'e\u0301', 'آ', 'ا\u0653'])],
  ['numbers beyond doubles', '{"big":12345678901234567890123,"tiny":1.50,"exp":1E+2,"zero":0.0}'],
  ['escapes as they were written', '{"m":"\\u0645\\/\\t","quote":"\\"\\\\u0000"}'],
  ['a pair of escaped surrogates', '"\\ud83d\\ude80"'],
  ['control characters', JSON.stringify('\u0001\u001f\u007f\u0085\u2028\u2029')],
  ['a byte order mark', '"\ufeff"'],
  ['a text, null, a list and nothing in it', '["text",null,[],{},"",true,false]'],
  ['a bare text', '"text"'],
  ['null', 'null'],
];

const refused: readonly (readonly [string, string])[] = [
  ['broken JSON', '{"a":'],
  ['an empty text', ''],
  ['U+0000', '{"a":"\\u0000"}'],
  ['U+0000 in a key', '{"a\\u0000":1}'],
  ['a lone high surrogate', '{"a":"\ud800"}'],
  ['a lone surrogate as an escape', '{"a":"\\udc00x"}'],
  ['minus zero', '{"a":-0}'],
];

export function fidelity(store: () => EventStore): void {
  it.each(kept)('gives %s back byte for byte, in data and metadata', async (_, text) => {
    const stream = newStream();
    const event: NewEvent = { ...someEvent(text), metadata: text };
    await store().append(stream, 'none', [event]);
    const [read] = await eventsOf(store(), stream);
    expect(read).toMatchObject({ ...event, stream, revision: 0 });
    expect([...Buffer.from(read!.data)]).toEqual([...Buffer.from(text)]);
    expect([...Buffer.from(read!.metadata)]).toEqual([...Buffer.from(text)]);
  });

  it.each(refused)('refuses %s before anything is written', async (_, text) => {
    const stream = newStream();
    await expect(store().append(stream, 'none', [someEvent(), someEvent(text)])).rejects.toBeInstanceOf(
      InvalidEvent,
    );
    await expect(store().append(stream, 'none', [{ ...someEvent(), metadata: text }])).rejects.toBeInstanceOf(
      InvalidEvent,
    );
    expect(await store().readStream(stream)).toEqual({ kind: 'missing' });
  });

  it('gives what JSON cannot carry back to the caller as a typed error, nothing unhandled', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    const stream = newStream();
    for (const value of [{ n: 1n }, undefined, { a: undefined }, Number.NaN, new Date(0), () => 1]) {
      const attempt = async () =>
        store().append(stream, 'none', [{ ...someEvent(), data: encodeJson(value) }]);
      await expect(attempt()).rejects.toBeInstanceOf(InvalidEvent);
    }
    const untyped = [undefined, 1n, 7, { a: 1 }, null] as unknown as string[];
    for (const data of untyped) {
      await expect(store().append(stream, 'none', [{ ...someEvent(), data }])).rejects.toBeInstanceOf(
        InvalidEvent,
      );
    }
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
    expect(await store().readStream(stream)).toEqual({ kind: 'missing' });
  });

  it('keeps 500 events of different bytes each in its slot', async () => {
    const stream = newStream();
    const events = Array.from({ length: 500 }, (_, i) => ({
      ...someEvent(`{"n":${i},"م":"${'🚰'.repeat(i % 7)}"}`, `Type${i % 13}`),
      metadata: `{"m":${i}}`,
    }));
    await store().append(stream, 'none', events);
    const read = await eventsOf(store(), stream);
    expect(read.map(({ id, type, data, metadata }) => ({ id, type, data, metadata }))).toEqual(events);
  });
}
