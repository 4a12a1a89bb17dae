import { eventHash } from '../src/case-streams/chain';
import { BrokenLink, InvalidEvent } from '../src/event-store.errors';
import { type EventStore } from '../src/event-store.port';
import { conflictOf, endOf, eventsOf, newStream, someEvent, someEvents } from './contract-events';
import { reading, readingAll, subscribing } from './event-store-reading.contract';

/** What every adapter of the event store port must do (design §5). `makeStore` may give a store that already holds other streams. */
export function eventStoreContract(name: string, makeStore: () => Promise<EventStore>): void {
  describe(`${name} keeps the event store contract`, () => {
    let store: EventStore;
    beforeAll(async () => {
      store = await makeStore();
    });
    afterAll(async () => {
      await store.close();
    });

    appending(() => store);
    replaying(() => store);
    fidelity(() => store);
    reading(() => store);
    readingAll(() => store);
    subscribing(() => store);
    concurrency(() => store);
  });
}

function appending(store: () => EventStore): void {
  it('appends from revision 0 and continues without a gap', async () => {
    const stream = newStream();
    expect(await store().append(stream, 'none', someEvents(2))).toMatchObject({
      revision: 1,
      replayed: false,
    });
    expect(await store().append(stream, 1, someEvents(3))).toMatchObject({ revision: 4, replayed: false });
    expect((await eventsOf(store(), stream)).map((e) => e.revision)).toEqual([0, 1, 2, 3, 4]);
  });

  it('refuses another revision than the expected one and names the actual', async () => {
    const stream = newStream();
    expect(await conflictOf(store().append(stream, 0, [someEvent()]))).toBeUndefined();
    expect(await conflictOf(store().append(stream, 'exists', [someEvent()]))).toBeUndefined();
    await store().append(stream, 'none', someEvents(2));
    expect(await conflictOf(store().append(stream, 'none', [someEvent()]))).toBe(1);
    expect(await conflictOf(store().append(stream, 0, [someEvent()]))).toBe(1);
    expect(await conflictOf(store().append(stream, 2, [someEvent()]))).toBe(1);
    expect((await eventsOf(store(), stream)).length).toBe(2);
  });

  it('appends with exists and any at whatever revision the stream has', async () => {
    const stream = newStream();
    expect(await store().append(stream, 'any', [someEvent()])).toMatchObject({ revision: 0 });
    expect(await store().append(stream, 'any', [someEvent()])).toMatchObject({ revision: 1 });
    expect(await store().append(stream, 'exists', [someEvent()])).toMatchObject({ revision: 2 });
  });

  it('checks the link to the last event when a head hash is given', async () => {
    const stream = newStream();
    await store().append(stream, 'none', someEvents(2));
    const [, last] = await eventsOf(store(), stream);
    await expect(
      store().append(stream, { revision: 1, headHash: '0'.repeat(64) }, [someEvent()]),
    ).rejects.toBeInstanceOf(BrokenLink);
    expect(
      await store().append(stream, { revision: 1, headHash: eventHash(last!) }, [someEvent()]),
    ).toMatchObject({ revision: 2 });
    expect(
      await conflictOf(store().append(stream, { revision: 1, headHash: eventHash(last!) }, [someEvent()])),
    ).toBe(2);
  });

  it('refuses, before anything is written, what it could never keep', async () => {
    const stream = newStream();
    const refused = [
      [],
      someEvents(501),
      [someEvent('{"a":')],
      [someEvent('{"a":"\\u0000"}')],
      [someEvent('{"a":"\\ud800"}')],
      [someEvent('{"a":"\ud800"}')],
      [someEvent('{"a":-0}')],
      [{ ...someEvent(), id: 'not-a-uuid' }],
      [{ ...someEvent(), type: 'no spaces' }],
      [someEvent(JSON.stringify('x'.repeat(1_000_000)))],
    ];
    for (const events of refused)
      await expect(store().append(stream, 'none', events)).rejects.toBeInstanceOf(InvalidEvent);
    for (const bad of ['nodash', '-x', 'spec-ü', 'spec- ', '', `spec-${'x'.repeat(200)}`]) {
      await expect(store().append(bad, 'none', [someEvent()])).rejects.toBeInstanceOf(InvalidEvent);
    }
    expect(await store().readStream(stream)).toEqual({ kind: 'missing' });
  });

  it('takes 500 events at once, in order, all or nothing', async () => {
    const stream = newStream();
    const events = someEvents(500);
    expect(await store().append(stream, 'none', events)).toMatchObject({ revision: 499 });
    expect((await eventsOf(store(), stream)).map((e) => e.id)).toEqual(events.map((e) => e.id));
    expect(await conflictOf(store().append(stream, 'none', someEvents(500)))).toBe(499);
    expect((await eventsOf(store(), stream)).length).toBe(500);
  });
}

function replaying(store: () => EventStore): void {
  it('answers a repeated append with the first outcome and writes nothing', async () => {
    const stream = newStream();
    const [first, second] = [someEvents(2), someEvents(2)];
    const firstOutcome = await store().append(stream, 'none', first);
    const secondOutcome = await store().append(stream, 1, second);
    expect(await store().append(stream, 'none', first)).toEqual({ ...firstOutcome, replayed: true });
    expect(await store().append(stream, 1, second)).toEqual({ ...secondOutcome, replayed: true });
    expect(await store().append(stream, { revision: 1, headHash: '0'.repeat(64) }, second)).toEqual({
      ...secondOutcome,
      replayed: true,
    });
    expect((await eventsOf(store(), stream)).length).toBe(4);
  });

  it('sees a conflict, not a replay, when only some slots hold the same events', async () => {
    const stream = newStream();
    const events = someEvents(3);
    await store().append(stream, 'none', events);
    expect(await conflictOf(store().append(stream, 'none', [...events, someEvent()]))).toBe(2);
    expect(await conflictOf(store().append(stream, 'none', [events[0]!, someEvent()]))).toBe(2);
    expect(await conflictOf(store().append(stream, 'none', [events[1]!, events[0]!]))).toBe(2);
    expect(await conflictOf(store().append(stream, 0, events))).toBe(2);
  });
}

function fidelity(store: () => EventStore): void {
  it('gives data and metadata back byte for byte', async () => {
    const stream = newStream();
    const texts = [
      '{"b":1,"a":2}',
      '{ "spaces" :\t[ 1 , 2 ] }\n',
      '{"بلاغ":"تسرب مياه 🚰","اسم":"\\u0645"}',
      '{"big":12345678901234567890123,"tiny":1.50,"exp":1E+2}',
      '{"a":1,"a":2,"quote":"\\"\\\\u0000\\/"}',
      '"text"',
      'null',
      '[]',
    ];
    const events = texts.map((data) => ({ ...someEvent(data), metadata: data }));
    await store().append(stream, 'none', events);
    const read = await eventsOf(store(), stream);
    expect(read.map((e) => [e.data, e.metadata])).toEqual(texts.map((text) => [text, text]));
    expect(read.map((e) => [e.id, e.type, e.stream])).toEqual(events.map((e) => [e.id, e.type, stream]));
  });
}

function concurrency(store: () => EventStore): void {
  it('lets exactly one of many writers win each revision, and leaves no gap', async () => {
    const stream = newStream();
    await store().append(stream, 'none', [someEvent()]);
    const outcomes = await Promise.all(
      Array.from({ length: 32 }, () => conflictOf(store().append(stream, 0, [someEvent()]))),
    );
    expect(outcomes.filter((o) => o === 'no conflict')).toHaveLength(1);
    expect((await eventsOf(store(), stream)).map((e) => e.revision)).toEqual([0, 1]);
  });

  it('keeps every event of 32 writers, each stream without a gap, in one order', async () => {
    const after = await endOf(store());
    const streams = Array.from({ length: 32 }, () => newStream());
    await Promise.all(
      streams.map(async (stream) => {
        await store().append(stream, 'none', [someEvent()]);
        for (let revision = 0; revision < 9; revision += 1)
          await store().append(stream, revision, [someEvent()]);
      }),
    );
    const { events } = await store().readAll({ after, limit: 1_000 });
    expect(events).toHaveLength(320);
    for (const stream of streams) {
      expect(events.filter((e) => e.stream === stream).map((e) => e.revision)).toEqual([
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
      ]);
    }
  });

  it('orders an append that begins after another was acknowledged behind it', async () => {
    const noise = Promise.all(
      Array.from({ length: 40 }, () => store().append(newStream(), 'none', someEvents(2))),
    );
    let previous = '';
    for (let i = 0; i < 20; i += 1) {
      const { position } = await store().append(newStream(), 'none', [someEvent()]);
      expect(position > previous).toBe(true);
      previous = position;
    }
    await noise;
  });
}
