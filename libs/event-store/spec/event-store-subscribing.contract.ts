import { getEventListeners } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { eventually } from '@balagh/testing';
import { type EventStore, type SubscriptionItem } from '../src/event-store.port';
import { collect, endOf, idsIn, newStream, someEvent, someEvents } from './contract-events';

export function subscribing(store: () => EventStore): void {
  following(store);
  resuming(store);
  ending(store);
  pacing(store);
}

function following(store: () => EventStore): void {
  it('catch up, say so, and go on live without loss or repeat', async () => {
    const after = await endOf(store());
    const old = someEvents(3);
    await store().append(newStream(), 'none', old);
    const live = someEvents(40);
    let writing: Promise<unknown> | undefined;
    const items = await collect(store(), { after }, (seen) => {
      if (seen.at(-1)?.kind === 'caughtUp' && writing === undefined) {
        writing = Promise.all(live.map((event) => store().append(newStream(), 'none', [event])));
      }
      return idsIn(seen).length >= 43;
    });
    await writing;
    expect(idsIn(items).slice(0, 3)).toEqual(old.map((e) => e.id));
    expect([...idsIn(items).slice(3)].sort()).toEqual(live.map((e) => e.id).sort());
  });

  it('pass from the past to the present while many write, in the order of reading', async () => {
    const after = await endOf(store());
    const sent = new Set<string>();
    const writers = Promise.all(
      Array.from({ length: 8 }, async () => {
        for (let i = 0; i < 25; i += 1) {
          const events = someEvents(1 + (i % 3));
          await store().append(newStream(), 'none', events);
          for (const { id } of events) sent.add(id);
        }
      }),
    );
    const total = 8 * Array.from({ length: 25 }, (_, i) => 1 + (i % 3)).reduce((a, b) => a + b);
    const items = await collect(store(), { after }, (seen) => idsIn(seen).length >= total);
    await writers;
    expect(new Set(idsIn(items))).toEqual(sent);
    expect(idsIn(items)).toHaveLength(total);
    const read = await store().readAll({ after, limit: 1_000 });
    expect(idsIn(items)).toEqual(read.events.map((e) => e.id));
  });

  it('of several consumers all see the same', async () => {
    const after = await endOf(store());
    const events = someEvents(20);
    const all = Promise.all(
      [0, 1, 2].map(() => collect(store(), { after }, (seen) => idsIn(seen).length >= 20)),
    );
    for (const event of events) await store().append(newStream(), 'none', [event]);
    for (const items of await all) expect(idsIn(items)).toEqual(events.map((e) => e.id));
  });

  it('report a checkpoint past events that their filter hides', async () => {
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

  it('with nothing to read say at once that they caught up', async () => {
    const after = await endOf(store());
    const items = await collect(store(), { after }, (seen) => seen.length === 1);
    expect(items).toEqual([{ kind: 'caughtUp', position: after }]);
  });
}

function resuming(store: () => EventStore): void {
  it('resume after every position they gave', async () => {
    const after = await endOf(store());
    const events = someEvents(12);
    for (const [i, event] of events.entries()) {
      await store().append(newStream(i % 2 === 0 ? 'spec' : 'other'), 'none', [event]);
    }
    const filter = { categories: ['spec'] };
    const first = await collect(store(), { after, filter }, (seen) => seen.at(-1)?.kind === 'caughtUp');
    const expected = events.filter((_, i) => i % 2 === 0).map((e) => e.id);
    expect(idsIn(first)).toEqual(expected);
    for (const [i, item] of first.entries()) {
      const position = item.kind === 'event' ? item.event.position : item.position;
      const rest = await collect(
        store(),
        { after: position, filter },
        (seen) => seen.at(-1)?.kind === 'caughtUp',
      );
      expect(idsIn(rest)).toEqual(idsIn(first.slice(i + 1)));
    }
  });

  it('deliver again what was seen but not remembered before a crash', async () => {
    const after = await endOf(store());
    const events = someEvents(5);
    await store().append(newStream(), 'none', events);
    const seen = await collect(store(), { after }, (items) => idsIn(items).length === 3);
    const remembered = seen[0]?.kind === 'event' ? seen[0].event.position : '';
    const again = await collect(store(), { after: remembered }, (items) => items.at(-1)?.kind === 'caughtUp');
    expect(idsIn(again)).toEqual(events.slice(1).map((e) => e.id));
  });
}

function ending(store: () => EventStore): void {
  it('end within a moment when their signal aborts, also while they wait', async () => {
    const controller = new AbortController();
    const seen: SubscriptionItem[] = [];
    let aborted = 0;
    const after = await endOf(store());
    for await (const item of store().subscribe({ after, signal: controller.signal })) {
      seen.push(item);
      setTimeout(() => {
        aborted = performance.now();
        controller.abort();
      }, 20);
    }
    expect(seen).toEqual([{ kind: 'caughtUp', position: after }]);
    expect(performance.now() - aborted).toBeLessThan(200);
  });

  it('do not begin when their signal is aborted already', async () => {
    await store().append(newStream(), 'none', someEvents(1));
    const seen: SubscriptionItem[] = [];
    for await (const item of store().subscribe({ signal: AbortSignal.abort() })) seen.push(item);
    expect(seen).toEqual([]);
  });

  it('hand the error of their handler to the caller and are over', async () => {
    const after = await endOf(store());
    await store().append(newStream(), 'none', someEvents(3));
    const controller = new AbortController();
    let handled = 0;
    const consumer = (async () => {
      for await (const item of store().subscribe({ after, signal: controller.signal })) {
        if (item.kind === 'event' && (handled += 1) === 2) throw new RangeError('handler');
      }
    })();
    await expect(consumer).rejects.toBeInstanceOf(RangeError);
    expect(handled).toBe(2);
    controller.abort();
  });

  it('left early 1,000 times leave nothing behind', async () => {
    const after = await endOf(store());
    await store().append(newStream(), 'none', someEvents(3));
    const controller = new AbortController();
    const warnings: string[] = [];
    const note = (warning: Error): void => void warnings.push(warning.name);
    process.on('warning', note);
    const before = process.getActiveResourcesInfo().length;
    for (let i = 0; i < 1_000; i += 1) {
      for await (const item of store().subscribe({ after, signal: controller.signal })) {
        if (item.kind === 'event') break;
      }
    }
    await eventually(() => getEventListeners(controller.signal, 'abort').length === 0);
    // Connections of the pool and their timers may come and go; a thousand of anything is a leak.
    await eventually(() => process.getActiveResourcesInfo().length < before + 30);
    process.off('warning', note);
    expect(warnings).toEqual([]);
    expect(await store().append(newStream(), 'none', [someEvent()])).toMatchObject({ revision: 0 });
    controller.abort();
  }, 120_000);
}

const many = 100_000;
/** Bytes of one of the many events; all of them at once would need five times the memory that is allowed. */
const weight = 2_000;

function pacing(store: () => EventStore): void {
  it('give a slow consumer 100,000 events in order with the memory of a few pages', async () => {
    const after = await endOf(store());
    const written: string[] = [];
    const bulk = JSON.stringify('x'.repeat(weight));
    for (let i = 0; i < many / 400; i += 1) {
      const events = Array.from({ length: 400 }, () => someEvent(bulk));
      await store().append(newStream('bulk'), 'none', events);
      written.push(...events.map((e) => e.id));
    }
    const controller = new AbortController();
    const base = memoryInUse();
    let [seen, inOrder, most] = [0, true, 0];
    for await (const item of store().subscribe({ after, signal: controller.signal })) {
      if (item.kind === 'caughtUp') controller.abort();
      if (item.kind !== 'event') continue;
      inOrder &&= item.event.id === written[seen] && item.event.data.length === bulk.length;
      if ((seen += 1) % 10_000 !== 1) continue;
      await new Promise((resolve) => setTimeout(resolve, 50));
      most = Math.max(most, memoryInUse() - base);
    }
    expect([seen, inOrder]).toEqual([many, true]);
    expect(most).toBeLessThan((many * weight) / 5);
  }, 600_000);

  it('wait for a consumer that takes its time with each event', async () => {
    const after = await endOf(store());
    const events = someEvents(30);
    await store().append(newStream(), 'none', events.slice(0, 15));
    const controller = new AbortController();
    const seen: string[] = [];
    const consumer = (async () => {
      for await (const item of store().subscribe({ after, signal: controller.signal })) {
        if (item.kind !== 'event') continue;
        await new Promise((resolve) => setTimeout(resolve, 3));
        seen.push(item.event.id);
      }
    })();
    await store().append(newStream(), 'none', events.slice(15));
    await eventually(() => seen.length === 30);
    controller.abort();
    await consumer;
    expect(seen).toEqual(events.map((e) => e.id));
  });
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes that are still referenced, in the heap and outside. */
function memoryInUse(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
