import { InvalidEvent } from '../src/event-store.errors';
import { type EventFilter, type EventStore, START } from '../src/event-store.port';
import { endOf, eventsOf, newStream, someEvent, someEvents } from './contract-events';

export function reading(store: () => EventStore): void {
  const revisions = async (
    stream: string,
    options: Parameters<EventStore['readStream']>[1],
  ): Promise<number[] | 'missing'> => {
    const read = await store().readStream(stream, options);
    return read.kind === 'found' ? read.events.map((e) => e.revision) : 'missing';
  };

  it('tells a missing stream from one without events in the range', async () => {
    const stream = newStream();
    expect(await store().readStream(stream)).toEqual({ kind: 'missing' });
    expect(await store().readStream(stream, { direction: 'backwards', limit: 1 })).toEqual({
      kind: 'missing',
    });
    await store().append(stream, 'none', someEvents(2));
    expect(await store().readStream(stream, { from: 2 })).toMatchObject({
      kind: 'found',
      events: [],
      lastRevision: 1,
    });
  });

  it('reads forwards from a revision, at most the limit, and names the last revision', async () => {
    const stream = newStream();
    await store().append(stream, 'none', someEvents(5));
    expect(await revisions(stream, {})).toEqual([0, 1, 2, 3, 4]);
    expect(await revisions(stream, { from: 1, limit: 2 })).toEqual([1, 2]);
    expect(await revisions(stream, { from: 4 })).toEqual([4]);
    expect(await store().readStream(stream, { limit: 1 })).toMatchObject({ lastRevision: 4 });
    expect(await store().readStream(stream)).toMatchObject({ lastRevision: 4 });
  });

  it('reads backwards from the end or from a revision', async () => {
    const stream = newStream();
    await store().append(stream, 'none', someEvents(5));
    expect(await revisions(stream, { direction: 'backwards' })).toEqual([4, 3, 2, 1, 0]);
    expect(await revisions(stream, { direction: 'backwards', limit: 2 })).toEqual([4, 3]);
    expect(await revisions(stream, { direction: 'backwards', from: 1 })).toEqual([1, 0]);
    expect(await revisions(stream, { direction: 'backwards', from: 99, limit: 2 })).toEqual([4, 3]);
  });

  it('lists where streams end, by name, where it keeps a record of that', async () => {
    const { readHeads } = store();
    if (readHeads === undefined) return;
    const category = `heads${Math.random().toString(36).slice(2)}`;
    const names = ['a', 'b', 'c'].map((id) => `${category}-${id}`);
    for (const [i, stream] of names.entries()) await store().append(stream, 'none', someEvents(i + 1));
    const first = await readHeads({ categories: [category], limit: 2 });
    const rest = await readHeads({
      categories: [category, 'none'],
      limit: 2,
      after: first.at(-1)?.stream ?? '',
    });
    expect([...first, ...rest].map(({ stream, revision }) => [stream, revision])).toEqual(
      names.map((stream, i) => [stream, i]),
    );
    const read = await store().readStream(names[2] ?? '', { headHash: true });
    expect(read).toMatchObject({ headHash: rest[0]?.headHash });
    expect(await readHeads({ categories: [category], after: names[2] ?? '' })).toEqual([]);
    await expect(readHeads({ categories: [category], limit: 0 })).rejects.toBeInstanceOf(InvalidEvent);
  });

  it('pages through a stream in both directions without loss or repeat', async () => {
    const stream = newStream();
    await store().append(stream, 'none', someEvents(25));
    const forwards: number[] = [];
    for (let from = 0; from < 25; from += 7) {
      forwards.push(...((await revisions(stream, { from, limit: 7 })) as number[]));
    }
    const backwards: number[] = [];
    for (let from = 24; from >= 0; from -= 7) {
      backwards.push(...((await revisions(stream, { from, limit: 7, direction: 'backwards' })) as number[]));
    }
    expect(forwards).toEqual(Array.from({ length: 25 }, (_, i) => i));
    expect(backwards).toEqual([...forwards].reverse());
  });

  it('keeps streams apart whose names begin alike or differ in case', async () => {
    const stream = newStream();
    const others = [`${stream}x`, stream.toUpperCase(), `${stream}.%`, `${stream}_`];
    await store().append(stream, 'none', someEvents(1));
    for (const other of others) await store().append(other, 'none', someEvents(2));
    expect(await eventsOf(store(), stream)).toHaveLength(1);
    for (const other of others) expect(await eventsOf(store(), other)).toHaveLength(2);
  });
}

export function readingAll(store: () => EventStore): void {
  it('ends a page early when its events are long, and goes on behind it without loss or repeat', async () => {
    const before = await endOf(store());
    const stream = newStream();
    const long = JSON.stringify('ب'.repeat(450_000));
    for (let revision = -1; revision < 19; revision += 1)
      await store().append(stream, revision === -1 ? 'none' : revision, [{ ...someEvent(), data: long }]);
    const sizes: number[] = [];
    const seen: number[] = [];
    for (let [after, more] = [before, true]; more;) {
      const page = await store().readAll({ after });
      sizes.push(page.events.length);
      seen.push(...page.events.filter((e) => e.stream === stream).map((e) => e.revision));
      [after, more] = [page.checkpoint, !page.caughtUp];
    }
    expect(seen).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(Math.max(...sizes)).toBeLessThan(20);
    const followed: number[] = [];
    const controller = new AbortController();
    for await (const item of store().subscribe({ after: before, signal: controller.signal })) {
      if (item.kind === 'caughtUp') controller.abort();
      if (item.kind === 'event' && item.event.stream === stream) followed.push(item.event.revision);
    }
    expect(followed).toEqual(seen);
  });

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
    expect(new Set(positions).size).toBe(4);
    for (const [i, after] of positions.entries()) {
      expect((await store().readAll({ after })).events.map((e) => e.position)).toEqual(
        positions.slice(i + 1),
      );
    }
  });

  it.each([[0], [-1], [1.5], [Number.NaN], [2 ** 31]])(
    'refuses %d as the length of a page',
    async (limit) => {
      await expect(store().readAll({ limit })).rejects.toBeInstanceOf(InvalidEvent);
      await expect(store().readStream(newStream(), { limit })).rejects.toBeInstanceOf(InvalidEvent);
    },
  );

  it.each([['x'], ['-1'], ['12'], ['1e3'], [`${'9'.repeat(20)}.${'9'.repeat(20)}.1`]])(
    'refuses %j, which no store gave out, as a position',
    async (after) => {
      await expect(store().readAll({ after })).rejects.toBeInstanceOf(InvalidEvent);
    },
  );

  it('begins with the first event of all', async () => {
    await store().append(newStream(), 'none', someEvents(1));
    const { events, checkpoint } = await store().readAll({ after: START, limit: 1 });
    expect(events).toHaveLength(1);
    expect(checkpoint).toBe(events[0]?.position);
  });

  it('says how far a page reaches and whether more was there', async () => {
    const before = await endOf(store());
    await store().append(newStream(), 'none', someEvents(4));
    const all = await store().readAll({ after: before });
    expect(all).toMatchObject({ caughtUp: true, checkpoint: all.events[3]?.position });
    expect(await store().readAll({ after: before, limit: 3 })).toMatchObject({
      checkpoint: all.events[2]?.position,
      caughtUp: false,
    });
    expect(await store().readAll({ after: all.checkpoint })).toEqual({
      events: [],
      checkpoint: all.checkpoint,
      caughtUp: true,
    });
  });

  describe('filters', () => {
    let before: string;
    beforeAll(async () => {
      before = await endOf(store());
      const [a, b, c] = [newStream('left'), newStream('right'), newStream('left.er')];
      await store().append(a, 'none', [someEvent('1', 'Kept'), someEvent('2', 'Dropped')]);
      await store().append(b, 'none', [someEvent('3', 'Kept'), someEvent('4', 'KeptToo')]);
      await store().append(c, 'none', [someEvent('5', 'Ke.t'), someEvent('6', 'kept')]);
    });
    it.each<[string, EventFilter, string[]]>([
      ['one type exactly, not its beginning or another case', { types: ['Kept'] }, ['1', '3']],
      ['several types', { types: ['Kept', 'kept'] }, ['1', '3', '6']],
      ['one category exactly, not its beginning', { categories: ['left'] }, ['1', '2']],
      ['several categories', { categories: ['left', 'left.er'] }, ['1', '2', '5', '6']],
      ['types AND categories', { types: ['Kept'], categories: ['right'] }, ['3']],
      ['types and categories that never meet', { types: ['Dropped'], categories: ['right'] }, []],
      ['characters of patterns literally', { types: ['Ke.t'] }, ['5']],
      ['patterns as names that nobody has', { types: ['.*', 'Kept|Dropped', '^Kept$', 'Kep%', 'K_pt'] }, []],
      ['patterns as categories that nobody has', { categories: ['.*', 'left|right', 'l%', ''] }, []],
      ['an empty list of types: nothing', { types: [] }, []],
      ['an empty list of categories: nothing', { categories: [] }, []],
      ['no condition at all', {}, ['1', '2', '3', '4', '5', '6']],
    ])('take %s', async (_, filter, expected) => {
      const page = await store().readAll({ after: before, filter });
      expect(page.events.map((e) => e.data)).toEqual(expected);
      expect(page).toMatchObject({ caughtUp: true, checkpoint: await endOf(store()) });
    });

    it('fill a page with what passes', async () => {
      const page = await store().readAll({ after: before, filter: { types: ['Kept', 'kept'] }, limit: 2 });
      expect(page.events.map((e) => e.data)).toEqual(['1', '3']);
      expect(page).toMatchObject({ caughtUp: false, checkpoint: page.events[1]?.position });
    });

    it('move the checkpoint past what they hide, page by page until the end', async () => {
      await store().append(newStream('hidden'), 'none', someEvents(500));
      await store().append(newStream('hidden'), 'none', someEvents(500));
      const { position } = await store().append(newStream('right'), 'none', [someEvent('"last"', 'Rare')]);
      let [after, pages] = [before, 0];
      const seen: string[] = [];
      for (let caughtUp = false; !caughtUp; pages += 1) {
        const page = await store().readAll({ after, filter: { types: ['Rare'] }, limit: 10 });
        expect(page.checkpoint >= after).toBe(true);
        seen.push(...page.events.map((e) => e.data));
        ({ checkpoint: after, caughtUp } = page);
        expect(pages).toBeLessThan(50);
      }
      expect(seen).toEqual(['"last"']);
      expect(after).toBe(position);
    });
  });
}
