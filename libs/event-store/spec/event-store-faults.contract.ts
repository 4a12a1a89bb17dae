import { eventually } from '@balagh/testing';
import { DeadlineExceeded, EventStoreError, Unavailable } from '../src/event-store.errors';
import { type EventStore, type SubscriptionItem } from '../src/event-store.port';
import {
  begunStream,
  endOf,
  eventsOf,
  expectations,
  idsIn,
  newStream,
  someEvent,
  someEvents,
} from './contract-events';
import { type FaultyLine } from './faulty-line';

export interface Disturbable {
  /** Through the line. Subscriptions notice a silent server within half a second. */
  readonly store: EventStore;
  readonly line: FaultyLine;
  /** Past the line, on the same data. */
  readonly direct: EventStore;
}

/** How the store behaves when its server hangs, vanishes or loses an answer. */
export function faults(open: () => Promise<Disturbable>): void {
  let disturbed: Disturbable;
  beforeAll(async () => {
    disturbed = await open();
  });
  afterEach(async () => {
    const { line, store } = disturbed;
    line.set('through');
    line.cut();
    await eventually(() => store.readStream('spec-none', { deadlineMs: 500 }));
  });
  afterAll(async () => {
    await disturbed.store.close();
    await disturbed.line.close();
    await disturbed.direct.close();
  });

  silence(() => disturbed);
  absence(() => disturbed);
  followingThrough(() => disturbed);
}

async function faultOf(call: Promise<unknown>): Promise<{ readonly error: unknown; readonly ms: number }> {
  const started = performance.now();
  try {
    await call;
  } catch (error) {
    return { error, ms: performance.now() - started };
  }
  throw new Error('answered');
}

/** Within this a call counts as ended at its deadline of 300 or 400 ms, also on a machine that is busy with other suites; without one it would take 10 s. */
const busyMs = 3_000;

function silence(disturbed: () => Disturbable): void {
  it('an append to a hung server ends at its deadline, outcome unknown', async () => {
    const { store, line } = disturbed();
    await store.append(newStream(), 'none', [someEvent()]);
    line.set('blackhole');
    const { error, ms } = await faultOf(
      store.append(newStream(), 'none', someEvents(50), { deadlineMs: 300 }),
    );
    expect(error).toBeInstanceOf(DeadlineExceeded);
    expect(ms).toBeLessThan(busyMs);
  });

  it('many appends to a hung server all end at their deadlines', async () => {
    const { store, line } = disturbed();
    line.set('blackhole');
    const started = performance.now();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 150 }, () =>
        store.append(newStream(), 'none', [someEvent()], { deadlineMs: 400 }),
      ),
    );
    expect(performance.now() - started).toBeLessThan(busyMs);
    for (const outcome of outcomes)
      expect(outcome.status === 'rejected' && outcome.reason).toBeInstanceOf(EventStoreError);
  });

  it('reads from a hung server end at their deadline', async () => {
    const { store, line } = disturbed();
    line.set('blackhole');
    for (const read of [
      store.readStream(newStream(), { deadlineMs: 300 }),
      store.readStream(newStream(), { deadlineMs: 300, direction: 'backwards' }),
      store.readAll({ deadlineMs: 300 }),
      store.readAll({ deadlineMs: 300, filter: { types: ['Nothing'] } }),
    ]) {
      const { error, ms } = await faultOf(read);
      expect(error).toMatchObject({ retriable: true });
      expect(error).toBeInstanceOf(EventStoreError);
      expect(ms).toBeLessThan(busyMs);
    }
  });

  it('a server that hung, also while it was connected to, is used again as soon as it answers new connections', async () => {
    const { store, line } = disturbed();
    line.set('blackhole');
    // More than an adapter has connections: none is left that is not silent.
    for (let call = 0; call < 2; call += 1)
      await Promise.allSettled(Array.from({ length: 12 }, () => store.readAll({ deadlineMs: 300 })));
    line.set('through');
    await eventually(() => store.readStream(newStream(), { deadlineMs: 500 }));
    const stream = newStream();
    await eventually(() => store.append(stream, 'none', [someEvent()], { deadlineMs: 1_000 }));
  });

  it.each(expectations)(
    'an append that expected %s and whose answer was lost, sent again, leaves one copy and the first outcome',
    async (_, expected) => {
      const { store, line, direct } = disturbed();
      const { stream, length } = await begunStream(direct, expected);
      const events = someEvents(3);
      await store.readStream(stream);
      line.set('mute');
      expect(
        (await faultOf(store.append(stream, expected, events, { deadlineMs: 300 }))).error,
      ).toBeInstanceOf(DeadlineExceeded);
      line.set('through');
      line.cut();
      const answered = await eventually(() => store.append(stream, expected, events, { deadlineMs: 500 }));
      expect(answered).toMatchObject({ revision: length + 2 });
      expect((await eventsOf(direct, stream)).slice(length).map((e) => e.id)).toEqual(
        events.map((e) => e.id),
      );
    },
  );

  it('an append of 500 events whose connection breaks at any moment is there whole or not at all', async () => {
    const { store, line, direct } = disturbed();
    for (const afterMs of [0, 1, 2, 4, 8, 16, 32]) {
      const stream = newStream();
      const appending = store.append(stream, 'none', someEvents(500), { deadlineMs: 2_000 });
      const settled = Promise.allSettled([appending]);
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      line.cut();
      const [outcome] = await settled;
      // The server may still be at it.
      const stored = await eventually(async () => {
        const before = (await eventsOf(direct, stream)).length;
        await new Promise((resolve) => setTimeout(resolve, 50));
        const { length } = await eventsOf(direct, stream);
        return before === length ? { length } : undefined;
      });
      expect([0, 500]).toContain(stored.length);
      if (outcome?.status === 'fulfilled') expect(stored.length).toBe(500);
    }
  }, 30_000);

  it('an append that is aborted by its caller ends at once', async () => {
    const { store, line } = disturbed();
    line.set('blackhole');
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    const { error, ms } = await faultOf(
      store.append(newStream(), 'none', [someEvent()], { signal: controller.signal }),
    );
    expect(error).toBeInstanceOf(DeadlineExceeded);
    expect(ms).toBeLessThan(600);
  });
}

function absence(disturbed: () => Disturbable): void {
  it('a server that is not there is unavailable, for appends and reads', async () => {
    const { store, line } = disturbed();
    line.set('down');
    const codes: unknown[] = [];
    for (const call of [
      () => store.readStream(newStream(), { deadlineMs: 2_000 }),
      () => store.readAll({ deadlineMs: 2_000 }),
      () => store.append(newStream(), 'none', [someEvent()], { deadlineMs: 2_000 }),
    ]) {
      // What was already connected breaks first: that outcome may be unknown.
      await faultOf(call());
      codes.push((await faultOf(call())).error);
    }
    for (const error of codes) expect(error).toBeInstanceOf(Unavailable);
  });

  it('a server that comes back is used again', async () => {
    const { store, line } = disturbed();
    line.set('down');
    await faultOf(store.readAll({ deadlineMs: 500 }));
    line.set('through');
    const stream = newStream();
    await eventually(() => store.append(stream, 'none', [someEvent()], { deadlineMs: 1_000 }));
    expect(await eventually(() => store.readStream(stream, { deadlineMs: 1_000 }))).toMatchObject({
      lastRevision: 0,
    });
  });

  it('a fault is never unhandled', async () => {
    const { store, line } = disturbed();
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    const large = { ...someEvent(), data: JSON.stringify('x'.repeat(900_000)) };
    const appends = Array.from({ length: 20 }, () =>
      store.append(newStream(), 'none', [large], { deadlineMs: 1_000 }).catch(() => undefined),
    );
    line.cut();
    line.set('down');
    await Promise.all(appends);
    await new Promise((resolve) => setTimeout(resolve, 50));
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });
}

interface Followed {
  readonly items: SubscriptionItem[];
  stop(): Promise<void>;
}

async function followAtEnd({ store, direct }: Disturbable): Promise<Followed> {
  const after = await endOf(direct);
  const items: SubscriptionItem[] = [];
  const controller = new AbortController();
  const running = (async () => {
    for await (const item of store.subscribe({ after, signal: controller.signal })) items.push(item);
  })();
  await eventually(() => items.length > 0);
  return {
    items,
    stop: async () => {
      controller.abort();
      await running;
    },
  };
}

function followingThrough(disturbed: () => Disturbable): void {
  it('a subscription goes on after its connections were cut, without loss or repeat', async () => {
    const { line, direct } = disturbed();
    const followed = await followAtEnd(disturbed());
    const sent: string[] = [];
    for (let i = 0; i < 10; i += 1) {
      const event = someEvent();
      await direct.append(newStream(), 'none', [event]);
      sent.push(event.id);
      if (i % 3 === 0) line.cut();
    }
    await eventually(() => idsIn(followed.items).length >= 10);
    await followed.stop();
    expect(idsIn(followed.items)).toEqual(sent);
  });

  it('a subscription outlives a restart of the server', async () => {
    const { line, direct } = disturbed();
    const followed = await followAtEnd(disturbed());
    line.set('down');
    const events = someEvents(5);
    await direct.append(newStream(), 'none', events);
    await new Promise((resolve) => setTimeout(resolve, 300));
    line.set('through');
    await eventually(() => idsIn(followed.items).length >= 5);
    await followed.stop();
    expect(idsIn(followed.items)).toEqual(events.map((e) => e.id));
  });

  it('a subscription notices a connection that went silent and takes another', async () => {
    const { line, direct } = disturbed();
    const followed = await followAtEnd(disturbed());
    line.set('blackhole');
    const events = someEvents(5);
    await direct.append(newStream(), 'none', events);
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(idsIn(followed.items)).toEqual([]);
    line.set('through');
    await eventually(() => idsIn(followed.items).length >= 5);
    await followed.stop();
    expect(idsIn(followed.items)).toEqual(events.map((e) => e.id));
  });

  it('a subscription to a hung server still ends when it is told to', async () => {
    const { line } = disturbed();
    const followed = await followAtEnd(disturbed());
    line.set('blackhole');
    await new Promise((resolve) => setTimeout(resolve, 100));
    const started = performance.now();
    await followed.stop();
    expect(performance.now() - started).toBeLessThan(500);
  });

  it('a consumer that stands still takes no more than a few pages off the line', async () => {
    const { store, line, direct } = disturbed();
    const after = await endOf(direct);
    for (let i = 0; i < 10; i += 1) {
      const filler = someEvents(500).map((e) => ({ ...e, data: JSON.stringify('x'.repeat(400)) }));
      await direct.append(newStream('bulk'), 'none', filler);
    }
    // Earlier subscriptions of this store may still be told of the fillers.
    let before = -1;
    await eventually(() => before === (before = line.delivered()), { everyMs: 200 });
    const iterator = store.subscribe({ after, signal: new AbortController().signal })[Symbol.asyncIterator]();
    await iterator.next();
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(line.delivered() - before).toBeLessThan(1_500_000);
    await iterator.return?.();
  }, 60_000);
}
