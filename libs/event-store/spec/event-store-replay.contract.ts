import { type EventStore } from '../src/event-store.port';
import {
  begunStream,
  conflictOf,
  eventsOf,
  expectations,
  newStream,
  someEvent,
  someEvents,
} from './contract-events';

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

  describe.each(expectations)('that expected %s', (_, expected) => {
    it.each([
      ['more events than are there', (e: Events) => [...e, someEvent()]],
      ['only the first event being there', (e: Events) => [e[0]!, someEvent()]],
      ['only the last event being there', (e: Events) => [someEvent(), e[1]!]],
      ['the events in another order', (e: Events) => [e[1]!, e[0]!]],
      ['the events from the second on', (e: Events) => [e[1]!, e[2]!]],
    ])('is a conflict, not a replay, with %s', async (_case, sent) => {
      const { stream, length } = await begunStream(store(), expected);
      const events = someEvents(3);
      await store().append(stream, expected, events);
      expect(await conflictOf(store().append(stream, expected, sent(events)))).toBe(length + 2);
      expect(await eventsOf(store(), stream)).toHaveLength(length + 3);
    });

    it('keeps the original when it is sent again with other bytes', async () => {
      const { stream, length } = await begunStream(store(), expected);
      const event = someEvent('{"original":true}');
      const outcome = await store().append(stream, expected, [event]);
      const altered = { ...event, data: '{"original":false}', metadata: '{}', type: 'Other' };
      expect(await store().append(stream, expected, [altered])).toEqual({ ...outcome, replayed: true });
      expect((await eventsOf(store(), stream))[length]).toMatchObject(event);
    });

    if (reopen !== undefined) {
      it('is known after a restart', async () => {
        const { stream, length } = await begunStream(store(), expected);
        const events = someEvents(2);
        const outcome = await store().append(stream, expected, events);
        const restarted = await reopen();
        expect(await restarted.append(stream, expected, events)).toEqual({ ...outcome, replayed: true });
        expect(await eventsOf(restarted, stream)).toHaveLength(length + 2);
        await restarted.close();
      });
    }
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
}

type Events = ReturnType<typeof someEvents>;
