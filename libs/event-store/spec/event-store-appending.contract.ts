import { eventHash } from '../src/case-streams/chain';
import { BrokenLink, InvalidEvent } from '../src/event-store.errors';
import { type EventStore, type ExpectedRevision } from '../src/event-store.port';
import { limits } from '../src/json/event-checks';
import {
  conflictOf,
  eventsOf,
  newStream,
  refusalOf,
  sizedEvent,
  someEvent,
  someEvents,
} from './contract-events';

export function appending(store: () => EventStore): void {
  expectations(store);
  links(store);
  bounds(store);
}

function expectations(store: () => EventStore): void {
  it('begins at revision 0 and continues without a gap', async () => {
    const stream = newStream();
    expect(await store().append(stream, 'none', someEvents(2))).toMatchObject({
      revision: 1,
      replayed: false,
    });
    expect(await store().append(stream, 1, someEvents(3))).toMatchObject({ revision: 4, replayed: false });
    expect((await eventsOf(store(), stream)).map((e) => e.revision)).toEqual([0, 1, 2, 3, 4]);
  });

  it.each<[ExpectedRevision]>([[0], [7], ['exists'], [{ revision: 0, headHash: '0'.repeat(64) }]])(
    'refuses %j for a stream that does not exist, and does not make it',
    async (expected) => {
      const stream = newStream();
      expect(await conflictOf(store().append(stream, expected, someEvents(2)))).toBeUndefined();
      expect(await store().readStream(stream)).toEqual({ kind: 'missing' });
    },
  );

  it.each<[ExpectedRevision]>([['none'], [0], [1], [3], [2_000_000_000]])(
    'refuses %j for a stream at revision 2, names the actual one and writes nothing',
    async (expected) => {
      const stream = newStream();
      await store().append(stream, 'none', someEvents(3));
      expect(await conflictOf(store().append(stream, expected, someEvents(2)))).toBe(2);
      expect(await eventsOf(store(), stream)).toHaveLength(3);
    },
  );

  it('tells a writer who expected too little what it missed, as it stands in the stream, or says nothing', async () => {
    const stream = newStream();
    await store().append(stream, 'none', someEvents(3));
    const told = await refusalOf(store().append(stream, 0, [someEvent()]));
    const missed = (await eventsOf(store(), stream)).slice(1);
    expect([missed, undefined]).toContainEqual(told.missed);
    for (const expected of ['none', 7] as const)
      expect((await refusalOf(store().append(stream, expected, [someEvent()]))).missed).toBeUndefined();
  });

  it.each<[ExpectedRevision]>([['none'], ['any']])(
    'takes %j for a stream that does not exist',
    async (expected) => {
      const stream = newStream();
      expect(await store().append(stream, expected, someEvents(2))).toMatchObject({
        revision: 1,
        replayed: false,
      });
    },
  );

  it.each<[ExpectedRevision]>([[2], ['exists'], ['any']])(
    'takes %j for a stream at revision 2',
    async (expected) => {
      const stream = newStream();
      await store().append(stream, 'none', someEvents(3));
      expect(await store().append(stream, expected, someEvents(2))).toMatchObject({
        revision: 4,
        replayed: false,
      });
      expect(await eventsOf(store(), stream)).toHaveLength(5);
    },
  );

  it('says at which position the last of the appended events stands', async () => {
    const stream = newStream();
    const { position } = await store().append(stream, 'none', someEvents(3));
    expect((await eventsOf(store(), stream)).at(-1)?.position).toBe(position);
  });
}

function links(store: () => EventStore): void {
  it('refuses a link to another history than the stream has, and writes nothing', async () => {
    const stream = newStream();
    await store().append(stream, 'none', someEvents(2));
    await expect(
      store().append(stream, { revision: 1, headHash: '0'.repeat(64) }, [someEvent()]),
    ).rejects.toBeInstanceOf(BrokenLink);
    expect(await eventsOf(store(), stream)).toHaveLength(2);
  });

  it('takes the link to the last event, once; later it is a lost race', async () => {
    const stream = newStream();
    await store().append(stream, 'none', someEvents(2));
    const headHash = eventHash((await eventsOf(store(), stream))[1]!);
    expect(await store().append(stream, { revision: 1, headHash }, [someEvent()])).toMatchObject({
      revision: 2,
    });
    expect(await conflictOf(store().append(stream, { revision: 1, headHash }, [someEvent()]))).toBe(2);
  });
}

function bounds(store: () => EventStore): void {
  it('refuses an empty append', async () => {
    const stream = newStream();
    await expect(store().append(stream, 'any', [])).rejects.toBeInstanceOf(InvalidEvent);
    expect(await store().readStream(stream)).toEqual({ kind: 'missing' });
  });

  it('takes 500 events at once in order, not 501', async () => {
    const stream = newStream();
    await expect(store().append(stream, 'none', someEvents(501))).rejects.toBeInstanceOf(InvalidEvent);
    const events = someEvents(500);
    expect(await store().append(stream, 'none', events)).toMatchObject({ revision: 499 });
    expect((await eventsOf(store(), stream)).map((e) => e.id)).toEqual(events.map((e) => e.id));
  });

  it('writes none of 500 events when their expectation is wrong', async () => {
    const stream = newStream();
    await store().append(stream, 'none', someEvents(1));
    expect(await conflictOf(store().append(stream, 'none', someEvents(500)))).toBe(0);
    expect(await conflictOf(store().append(stream, 5, someEvents(500)))).toBe(0);
    expect(await eventsOf(store(), stream)).toHaveLength(1);
  });

  it('takes exactly the largest append, not one byte more', async () => {
    const [fits, not] = [newStream(), newStream()];
    const most = limits.bytesPerAppend;
    await expect(store().append(not, 'none', [sizedEvent(most + 1)])).rejects.toBeInstanceOf(InvalidEvent);
    expect(await store().readStream(not)).toEqual({ kind: 'missing' });
    const event = sizedEvent(most);
    await store().append(fits, 'none', [event]);
    expect((await eventsOf(store(), fits))[0]?.data === event.data).toBe(true);
  });

  it('counts bytes, not characters, and over all events of the append', async () => {
    const [fits, not] = [newStream(), newStream()];
    const half = limits.bytesPerAppend / 2;
    const two = (more: number) => [sizedEvent(half, 'م'), sizedEvent(half + more, '🚰')];
    await expect(store().append(not, 'none', two(1))).rejects.toBeInstanceOf(InvalidEvent);
    expect(await store().append(fits, 'none', two(0))).toMatchObject({ revision: 1 });
  });

  it.each([
    ['without a dash', 'nodash'],
    ['without a category', '-x'],
    ['not in ASCII', 'spec-ü'],
    ['with a space', 'spec- '],
    ['empty', ''],
    ['longer than 200 characters', `spec-${'x'.repeat(200)}`],
    ['of a system', '$spec-1'],
  ])('refuses a stream name %s', async (_, bad) => {
    await expect(store().append(bad, 'none', [someEvent()])).rejects.toBeInstanceOf(InvalidEvent);
    await expect(store().readStream(bad)).rejects.toBeInstanceOf(InvalidEvent);
  });

  it.each([[-1], [-2], [1.5], [Number.NaN], [2 ** 31]])('refuses %d as a revision', async (bad) => {
    const stream = newStream();
    await expect(store().append(stream, bad, [someEvent()])).rejects.toBeInstanceOf(InvalidEvent);
    await expect(store().readStream(stream, { from: bad })).rejects.toBeInstanceOf(InvalidEvent);
    expect(await store().readStream(stream)).toEqual({ kind: 'missing' });
  });

  it('takes the longest stream name', async () => {
    const stream = newStream().padEnd(limits.streamNameLength, 'x');
    await store().append(stream, 'none', [someEvent()]);
    expect((await eventsOf(store(), stream))[0]?.stream).toBe(stream);
  });

  it('refuses ids and types that it could not keep', async () => {
    const stream = newStream();
    const event = someEvent();
    for (const bad of [
      { ...event, id: 'not-a-uuid' },
      { ...event, id: event.id.toUpperCase() },
      { ...event, type: 'no spaces' },
      { ...event, type: '$metadata' },
      { ...event, type: 'T'.repeat(limits.typeLength + 1) },
    ]) {
      await expect(store().append(stream, 'none', [bad])).rejects.toBeInstanceOf(InvalidEvent);
    }
    await expect(store().append(stream, 'none', [event, event])).rejects.toBeInstanceOf(InvalidEvent);
    expect(await store().readStream(stream)).toEqual({ kind: 'missing' });
  });
}
