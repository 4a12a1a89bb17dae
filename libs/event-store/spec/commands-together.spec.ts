import { type CaseEvent, type StoredEvent } from '@balagh/case-events';
import { type Decision, accept, reject } from '@balagh/decider';
import { type CommandOutcome, type StreamCommand, type Streams } from '../src/case-streams/case-streams';
import { createStreams } from '../src/case-streams/streams';
import { type EventStore } from '../src/event-store.port';
import { createMemoryEventStore } from '../src/memory/memory-event-store.adapter';
import { commandOf } from './command-of';

const uuid = (n: number): string => `7b0c0000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const stream = `case-${uuid(1)}`;
const opened: CaseEvent = {
  type: 'CaseOpened',
  data: { caseId: uuid(1), channel: 'PHONE_1111', subjectId: uuid(2) },
};
const filled: CaseEvent = { type: 'FormFilled', data: { form: { caseType: 'NOTE', filled: ['caseType'] } } };

type Decide = (history: readonly StoredEvent[]) => Decision<CaseEvent>;
const says = (n: number, decide: Decide, more = {}): StreamCommand => ({
  context: commandOf(uuid(1_000 + n), more),
  decide,
});
const open = says(1, () => accept(opened), { beginsStream: true });
const fill = (n: number): StreamCommand => says(n, () => accept(filled));
const kindsOf = (outcomes: readonly CommandOutcome[]): readonly unknown[] =>
  outcomes.map((outcome) =>
    outcome.kind === 'accepted' ? [outcome.events.length, outcome.revision] : outcome.rejection.code,
  );

function processOn(inner: EventStore): { readonly streams: Streams; readonly appends: number[] } {
  const appends: number[] = [];
  const store: EventStore = {
    ...inner,
    append: (name, expected, events, options) => {
      appends.push(events.length);
      return inner.append(name, expected, events, options);
    },
  };
  const now = (): string => '2026-03-01T08:00:00.000Z';
  return { streams: createStreams(store, { author: 'intake', now, patience: { pauseMs: 1 } }), appends };
}

describe('several commands on one stream', () => {
  it('travel in one append; each decides on what those before it lead to, and keeps its id', async () => {
    const { streams, appends } = processOn(createMemoryEventStore());
    const seen: number[] = [];
    const count = says(3, (history) => (seen.push(history.length), accept(filled, filled)));
    const outcomes = await streams.executeAll(stream, [open, fill(2), count]);
    expect([kindsOf(outcomes), seen, appends]).toEqual([
      [
        [1, 0],
        [1, 1],
        [2, 3],
      ],
      [2],
      [4],
    ]);
    const { events } = await streams.load(stream);
    expect(events.map(({ metadata }) => metadata.commandId)).toEqual(
      [1, 2, 3, 3].map((n) => uuid(1_000 + n)),
    );
    expect(outcomes.flatMap((outcome) => (outcome.kind === 'accepted' ? outcome.events : []))).toEqual(
      events,
    );
  });

  it('are answered as before when they are repeated, together or alone, and write nothing', async () => {
    const inner = createMemoryEventStore();
    const first = await processOn(inner).streams.executeAll(stream, [open, fill(2), fill(3)]);
    for (const again of [processOn(inner), processOn(inner)]) {
      expect(await again.streams.executeAll(stream, [open, fill(2), fill(3)])).toEqual(first);
      expect(await again.streams.execute(stream, fill(2).context, fill(2).decide)).toEqual(first[1]);
      expect(again.appends.length).toBeLessThanOrEqual(1);
    }
    expect((await processOn(inner).streams.load(stream)).events).toHaveLength(3);
  });

  it('go on where one of them was written before', async () => {
    const inner = createMemoryEventStore();
    await processOn(inner).streams.execute(stream, open.context, open.decide);
    const { streams } = processOn(inner);
    expect(kindsOf(await streams.executeAll(stream, [open, fill(2)]))).toEqual([
      [1, 0],
      [1, 1],
    ]);
    expect((await streams.load(stream)).events).toHaveLength(2);
  });

  it('end with the first that is refused; what was accepted before is written', async () => {
    const { streams, appends } = processOn(createMemoryEventStore());
    const refused = says(2, () => reject('TOO_MANY'));
    expect(kindsOf(await streams.executeAll(stream, [open, refused, fill(3)]))).toEqual([[1, 0], 'TOO_MANY']);
    expect(kindsOf(await streams.executeAll(stream, [refused, fill(3)]))).toEqual(['TOO_MANY']);
    expect(appends).toEqual([1]);
  });

  it('are all decided again when somebody else was quicker', async () => {
    const inner = createMemoryEventStore();
    const { streams } = processOn(inner);
    await streams.execute(stream, open.context, open.decide);
    await processOn(inner).streams.execute(stream, fill(9).context, fill(9).decide);
    const seen: number[] = [];
    const look = (n: number) => says(n, (history) => (seen.push(history.length), accept(filled)));
    expect(kindsOf(await streams.executeAll(stream, [look(2), look(3)]))).toEqual([
      [1, 2],
      [1, 3],
    ]);
    expect(seen).toEqual([1, 2, 2, 3]);
  });

  it('of which there are none have no outcome', async () => {
    const { streams, appends } = processOn(createMemoryEventStore());
    expect([await streams.executeAll(stream, []), appends]).toEqual([[], []]);
  });
});
