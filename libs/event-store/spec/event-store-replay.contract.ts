import { type EventStore } from '../src/event-store.port';
import { conflictOf, eventsOf, newStream, someEvent, someEvents } from './contract-events';

export function replaying(store: () => EventStore, reopen?: () => Promise<EventStore>): void {
  it('answers a repeated first append with the first outcome and writes nothing', async () => {
    const stream = newStream();
    const events = someEvents(2);
    const outcome = await store().append(stream, 'none', events);
    expect(await store().append(stream, 'none', events)).toEqual({ ...outcome, replayed: true });
    expect(await eventsOf(store(), stream)).toHaveLength(2);
  });

  it('answers a repeated append with the first outcome, also after later ones', async () => {
    const stream = newStream();
    const [first, second, third] = [someEvents(2), someEvents(2), someEvents(1)];
    const firstOutcome = await store().append(stream, 'none', first);
    const secondOutcome = await store().append(stream, 1, second);
    await store().append(stream, 3, third);
    expect(await store().append(stream, 'none', first)).toEqual({ ...firstOutcome, replayed: true });
    expect(await store().append(stream, 1, second)).toEqual({ ...secondOutcome, replayed: true });
    expect(await eventsOf(store(), stream)).toHaveLength(5);
  });

  it('asks a replay for its ids, not for its link', async () => {
    const stream = newStream();
    const [first, second] = [someEvents(1), someEvents(1)];
    await store().append(stream, 'none', first);
    const outcome = await store().append(stream, 0, second);
    expect(await store().append(stream, { revision: 0, headHash: '0'.repeat(64) }, second)).toEqual({
      ...outcome,
      replayed: true,
    });
  });

  it('keeps the original when a replay brings other bytes under the same ids', async () => {
    const stream = newStream();
    const event = someEvent('{"original":true}');
    await store().append(stream, 'none', [event]);
    expect(
      await store().append(stream, 'none', [
        { ...event, data: '{"original":false}', metadata: '{}', type: 'Other' },
      ]),
    ).toMatchObject({ revision: 0, replayed: true });
    const [kept] = await eventsOf(store(), stream);
    expect(kept).toMatchObject(event);
  });

  it.each([
    ['more events than are there', (e: Events) => [...e, someEvent()]],
    ['only the first event being there', (e: Events) => [e[0]!, someEvent()]],
    ['only the last event being there', (e: Events) => [someEvent(), e[1]!]],
    ['the events in another order', (e: Events) => [e[1]!, e[0]!]],
    ['the events from the second on', (e: Events) => [e[1]!, e[2]!]],
  ])('sees a conflict, not a replay, in %s', async (_, sent) => {
    const stream = newStream();
    const events = someEvents(3);
    await store().append(stream, 'none', events);
    expect(await conflictOf(store().append(stream, 'none', sent(events)))).toBe(2);
    expect(await eventsOf(store(), stream)).toHaveLength(3);
  });

  it('sees a conflict when the same events are sent for other slots', async () => {
    const stream = newStream();
    const events = someEvents(3);
    await store().append(stream, 'none', events);
    expect(await conflictOf(store().append(stream, 0, events))).toBe(2);
    expect(await conflictOf(store().append(stream, 1, [events[1]!, events[2]!]))).toBe(2);
  });

  it('takes a beginning of what it has for a replay', async () => {
    const stream = newStream();
    const events = someEvents(3);
    await store().append(stream, 'none', events);
    expect(await store().append(stream, 'none', events.slice(0, 2))).toMatchObject({
      revision: 1,
      replayed: true,
    });
    expect(await eventsOf(store(), stream)).toHaveLength(3);
  });

  it('writes one copy when the same append is sent ten times at once', async () => {
    const stream = newStream();
    const events = someEvents(3);
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, () => store().append(stream, 'none', events)),
    );
    expect(new Set(outcomes.map((o) => o.revision))).toEqual(new Set([2]));
    expect(new Set(outcomes.map((o) => o.position)).size).toBe(1);
    expect(await eventsOf(store(), stream)).toHaveLength(3);
  });

  if (reopen !== undefined) {
    it('knows a replay after a restart', async () => {
      const stream = newStream();
      const events = someEvents(2);
      const outcome = await store().append(stream, 'none', events);
      const restarted = await reopen();
      expect(await restarted.append(stream, 'none', events)).toEqual({ ...outcome, replayed: true });
      expect(await eventsOf(restarted, stream)).toHaveLength(2);
      await restarted.close();
    });
  }
}

type Events = ReturnType<typeof someEvents>;
