import { type EventStore, type SubscriptionItem } from '../src/event-store.port';
import { endOf, newStream, someEvent, someEvents } from './contract-events';

export function reading(store: () => EventStore): void {
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

export function readingAll(store: () => EventStore): void {
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

export function subscribing(store: () => EventStore): void {
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
