import { randomUUID } from 'node:crypto';
import { InvalidEvent, WrongExpectedRevision, BrokenLink } from '../src/event-store.errors';
import {
  type EventStore,
  type NewEvent,
  type RecordedEvent,
  START,
  type SubscriptionItem,
} from '../src/event-store.port';
import { eventHash } from '../src/case-streams/chain';

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

const someEvent = (data = '{"n":1}', type = 'NoteTaken'): NewEvent => ({
  id: randomUUID(),
  type,
  data,
  metadata: '{"tenant":"TST"}',
});
const someEvents = (n: number): NewEvent[] => Array.from({ length: n }, (_, i) => someEvent(`{"n":${i}}`));
const newStream = (category = 'spec'): string => `${category}-${randomUUID()}`;

async function eventsOf(store: EventStore, stream: string): Promise<readonly RecordedEvent[]> {
  const read = await store.readStream(stream);
  return read.kind === 'found' ? read.events : [];
}

/** The end of the global order now: specs look only at what they appended themselves. */
async function endOf(store: EventStore): Promise<string> {
  let after = START;
  for (;;) {
    const page = await store.readAll({ after, limit: 1_000 });
    after = page.checkpoint;
    if (page.caughtUp) return after;
  }
}

async function conflictOf(append: Promise<unknown>): Promise<number | undefined | 'no conflict'> {
  try {
    await append;
    return 'no conflict';
  } catch (error) {
    if (error instanceof WrongExpectedRevision) return error.actual;
    throw error;
  }
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

function reading(store: () => EventStore): void {
  it('tells a missing stream from one without events in the range', async () => {
    const stream = newStream();
    expect(await store().readStream(stream)).toEqual({ kind: 'missing' });
    await store().append(stream, 'none', someEvents(2));
    expect(await store().readStream(stream, { from: 2 })).toMatchObject({
      kind: 'found',
      events: [],
      lastRevision: 1,
    });
  });

  it('reads forwards and backwards, from a revision, at most the limit', async () => {
    const stream = newStream();
    await store().append(stream, 'none', someEvents(5));
    const revisions = async (options: Parameters<EventStore['readStream']>[1]): Promise<number[]> => {
      const read = await store().readStream(stream, options);
      return read.kind === 'found' ? read.events.map((e) => e.revision) : [-1];
    };
    expect(await revisions({ from: 1, limit: 2 })).toEqual([1, 2]);
    expect(await revisions({ direction: 'backwards', limit: 2 })).toEqual([4, 3]);
    expect(await revisions({ direction: 'backwards', from: 1 })).toEqual([1, 0]);
  });
}

function readingAll(store: () => EventStore): void {
  it('orders all streams by position, exclusive of where reading starts', async () => {
    const before = await endOf(store());
    const [a, b] = [newStream(), newStream()];
    await store().append(a, 'none', someEvents(2));
    await store().append(b, 'none', someEvents(1));
    await store().append(a, 1, someEvents(1));
    const page = await store().readAll({ after: before });
    expect(page.events.map((e) => [e.stream, e.revision])).toEqual([
      [a, 0],
      [a, 1],
      [b, 0],
      [a, 2],
    ]);
    const positions = page.events.map((e) => e.position);
    expect([...positions].sort()).toEqual(positions);
    expect(page).toMatchObject({ caughtUp: true, checkpoint: positions[3] });
    expect((await store().readAll({ after: positions[1]! })).events.map((e) => e.position)).toEqual(
      positions.slice(2),
    );
    expect(await store().readAll({ after: before, limit: 3 })).toMatchObject({
      checkpoint: positions[2],
      caughtUp: false,
    });
  });

  it('filters by types AND categories, and moves the checkpoint past what it hid', async () => {
    const before = await endOf(store());
    const [a, b] = [newStream('left'), newStream('right')];
    await store().append(a, 'none', [someEvent('1', 'Kept'), someEvent('2', 'Dropped')]);
    await store().append(b, 'none', [someEvent('3', 'Kept'), someEvent('4', 'Dropped')]);
    const kept = async (filter: { types?: string[]; categories?: string[] }): Promise<string[]> =>
      (await store().readAll({ after: before, filter })).events.map((e) => e.data);
    expect(await kept({ types: ['Kept'] })).toEqual(['1', '3']);
    expect(await kept({ categories: ['right'] })).toEqual(['3', '4']);
    expect(await kept({ types: ['Kept'], categories: ['right'] })).toEqual(['3']);
    expect(await kept({ types: [] })).toEqual([]);
    const hidden = await store().readAll({ after: before, filter: { types: ['Nothing'] } });
    expect(hidden).toEqual({ events: [], checkpoint: await endOf(store()), caughtUp: true });
  });
}

/** Collects events of a subscription until `enough` says so, then aborts it. */
async function collect(
  store: EventStore,
  options: { after?: string; filter?: { types?: string[] } },
  enough: (items: readonly SubscriptionItem[]) => boolean,
): Promise<readonly SubscriptionItem[]> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), 8_000);
  const items: SubscriptionItem[] = [];
  for await (const item of store.subscribe({ ...options, signal: controller.signal })) {
    items.push(item);
    if (enough(items)) break;
  }
  clearTimeout(timer);
  controller.abort();
  return items;
}

const eventIds = (items: readonly SubscriptionItem[]): string[] =>
  items.flatMap((i) => (i.kind === 'event' ? [i.event.id] : []));

function subscribing(store: () => EventStore): void {
  it('catches up, says so, and goes on live without loss or repeat', async () => {
    const after = await endOf(store());
    const old = someEvents(3);
    await store().append(newStream(), 'none', old);
    const live = someEvents(40);
    let writing: Promise<unknown> | undefined;
    const items = await collect(store(), { after }, (seen) => {
      if (seen.at(-1)?.kind === 'caughtUp' && writing === undefined) {
        writing = Promise.all(live.map((event) => store().append(newStream(), 'none', [event])));
      }
      return eventIds(seen).length >= 43;
    });
    await writing;
    expect(eventIds(items).slice(0, 3)).toEqual(old.map((e) => e.id));
    expect([...eventIds(items).slice(3)].sort()).toEqual(live.map((e) => e.id).sort());
  });

  it('resumes after any position it gave', async () => {
    const after = await endOf(store());
    const events = someEvents(6);
    for (const event of events) await store().append(newStream(), 'none', [event]);
    const first = await collect(store(), { after }, (seen) => eventIds(seen).length === 2);
    const last = first.at(-1);
    const second = await collect(
      store(),
      { after: last?.kind === 'event' ? last.event.position : '' },
      (seen) => eventIds(seen).length === 4,
    );
    expect([...eventIds(first), ...eventIds(second)]).toEqual(events.map((e) => e.id));
  });

  it('reports a checkpoint past events that its filter hides', async () => {
    const after = await endOf(store());
    await store().append(newStream(), 'none', someEvents(3));
    const items = await collect(
      store(),
      { after, filter: { types: ['Nothing'] } },
      (seen) => seen.at(-1)?.kind === 'caughtUp',
    );
    const end = await endOf(store());
    expect(items).toEqual([
      { kind: 'checkpoint', position: end },
      { kind: 'caughtUp', position: end },
    ]);
  });

  it('ends when its signal aborts, also while waiting', async () => {
    const controller = new AbortController();
    const seen: SubscriptionItem[] = [];
    const following = (async () => {
      for await (const item of store().subscribe({
        after: await endOf(store()),
        signal: controller.signal,
      })) {
        seen.push(item);
        setTimeout(() => controller.abort(), 20);
      }
    })();
    await following;
    expect(seen).toMatchObject([{ kind: 'caughtUp' }]);
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
