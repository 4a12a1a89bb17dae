import { DeadlineExceeded, InvalidEvent, WrongExpectedRevision } from '../src/event-store.errors';
import { type EventStore, type ExpectedRevision } from '../src/event-store.port';
import { conflictOf, endOf, eventsOf, newStream, someEvent, someEvents } from './contract-events';

const writers = Array.from({ length: 32 }, (_, i) => i);

export function concurrency(store: () => EventStore, reopen?: () => Promise<EventStore>): void {
  it('lets exactly one of 32 writers begin a stream', async () => {
    const stream = newStream();
    const outcomes = await Promise.all(
      writers.map(() => conflictOf(store().append(stream, 'none', someEvents(2)))),
    );
    expect(outcomes.filter((o) => o === 'no conflict')).toHaveLength(1);
    expect(outcomes.filter((o) => o === 1)).toHaveLength(31);
    expect(await eventsOf(store(), stream)).toHaveLength(2);
  });

  it('lets exactly one of 32 writers win a revision', async () => {
    const stream = newStream();
    await store().append(stream, 'none', [someEvent()]);
    const outcomes = await Promise.all(
      writers.map(() => conflictOf(store().append(stream, 0, [someEvent()]))),
    );
    expect(outcomes.filter((o) => o === 'no conflict')).toHaveLength(1);
    expect((await eventsOf(store(), stream)).map((e) => e.revision)).toEqual([0, 1]);
  });

  it('loses no event of 32 writers of one stream who try again with the actual revision', async () => {
    const stream = newStream();
    const ids = await Promise.all(
      writers.map(async () => {
        const event = someEvent();
        let expected: ExpectedRevision = 'none';
        for (;;) {
          const actual: number | undefined | 'no conflict' = await conflictOf(
            store().append(stream, expected, [event]),
          );
          if (actual === 'no conflict') return event.id;
          expected = actual ?? 'none';
        }
      }),
    );
    const stored = await eventsOf(store(), stream);
    expect(stored.map((e) => e.revision)).toEqual(writers);
    expect(stored.map((e) => e.id).sort()).toEqual([...ids].sort());
  });

  it('takes all of 32 writers of one stream who accept any revision', async () => {
    const stream = newStream();
    const outcomes = await Promise.all(writers.map(() => store().append(stream, 'any', someEvents(2))));
    expect(outcomes.map((o) => o.revision).sort((a, b) => a - b)).toEqual(writers.map((i) => i * 2 + 1));
    expect((await eventsOf(store(), stream)).map((e) => e.revision)).toEqual(
      Array.from({ length: 64 }, (_, i) => i),
    );
  });

  it('gives each of 32 readers its own stream, whatever the others read or give up', async () => {
    const stored = await Promise.all(
      writers.map(async (i) => {
        const stream = newStream();
        const events = someEvents(1 + (i % 7)).map((event, n) => ({
          ...event,
          data: JSON.stringify(`بلاغ ${i} ${n} 🚰`.repeat(i === 9 ? 10_000 : 1)),
        }));
        await store().append(stream, 'none', events);
        return { stream, events };
      }),
    );
    await Promise.all([
      ...stored.map(async ({ stream, events }) => {
        const read = await store().readStream(stream);
        expect(read).toMatchObject({ kind: 'found', lastRevision: events.length - 1 });
        expect(read.kind === 'found' && read.events).toEqual(
          events.map((event, revision) => expect.objectContaining({ ...event, stream, revision })),
        );
      }),
      ...writers.map(async () => expect(await store().readStream(newStream())).toEqual({ kind: 'missing' })),
      // Whoever gave up may still be answered; nobody else is kept waiting.
      ...stored.map(async ({ stream }) => {
        const error = await store()
          .readStream(stream, { signal: AbortSignal.abort() })
          .then(
            () => undefined,
            (thrown: unknown) => thrown,
          );
        if (error !== undefined) expect(error).toBeInstanceOf(DeadlineExceeded);
      }),
    ]);
  });

  it('keeps every event of 32 writers, each stream without a gap, in one order', async () => {
    const after = await endOf(store());
    const streams = writers.map(() => newStream());
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

  if (reopen !== undefined) {
    it('orders appends of two instances by their acknowledgements, while both are busy', async () => {
      const other = await reopen();
      const noise = Promise.all(
        [store(), other].flatMap((busy) =>
          Array.from({ length: 20 }, () => busy.append(newStream(), 'none', someEvents(2))),
        ),
      );
      let previous = '';
      for (let i = 0; i < 20; i += 1) {
        const { position } = await (i % 2 === 0 ? store() : other).append(newStream(), 'none', [someEvent()]);
        expect(position > previous).toBe(true);
        previous = position;
      }
      await noise;
      await other.close();
    });
  }

  it('shows an acknowledged append to the next read of its stream', async () => {
    await Promise.all(
      writers.map(async () => {
        const stream = newStream();
        for (let n = 0; n < 5; n += 1) {
          await store().append(stream, n === 0 ? 'none' : n - 1, [someEvent()]);
          expect(await eventsOf(store(), stream)).toHaveLength(n + 1);
        }
      }),
    );
  });

  it('does not let a bad call fail its neighbours', async () => {
    const taken = newStream();
    await store().append(taken, 'none', [someEvent()]);
    const outcomes = await Promise.allSettled(
      writers.map((i) => {
        if (i === 7) return store().append(newStream(), 'none', [someEvent('{"a":')]);
        if (i === 13) return store().append(taken, 'none', [someEvent()]);
        if (i === 19) return store().append('nodash', 'none', [someEvent()]);
        return store().append(newStream(), 'none', someEvents(2));
      }),
    );
    const refused = outcomes.flatMap((o, i) => (o.status === 'rejected' ? [[i, o.reason as unknown]] : []));
    expect(refused).toEqual([
      [7, expect.any(InvalidEvent)],
      [13, expect.any(WrongExpectedRevision)],
      [19, expect.any(InvalidEvent)],
    ]);
  });
}
