import { type CaseEvent } from '@balagh/case-events';
import { accept } from '@balagh/decider';
import { commandOf } from './command-of';
import { StreamMemory } from '../src/case-streams/stream-memory';
import { createStreams } from '../src/case-streams/streams';
import { type EventStore } from '../src/event-store.port';
import { createMemoryEventStore } from '../src/memory/memory-event-store.adapter';

const uuid = (n: number): string => `7b0c0000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const stream = `case-${uuid(1)}`;
let commands = 0;

/** Appends events to a stream, opening it first. */
async function grow(store: EventStore, name: string, events: number): Promise<void> {
  const streams = createStreams(store, { author: 'intake', now: () => '2026-03-01T08:00:00.000Z' });
  for (let n = 0; n < events; n += 1) {
    const context = commandOf(uuid((commands += 1)));
    const opened: CaseEvent = {
      type: 'CaseOpened',
      data: { caseId: name.slice(5), channel: 'PHONE_1111', subjectId: uuid(2) },
    };
    const filled: CaseEvent = {
      type: 'FormFilled',
      data: { form: { caseType: 'NOTE', filled: ['caseType'] } },
    };
    await streams.execute(name, context, (history) => accept(history.length === 0 ? opened : filled));
  }
}

/** A store that can be exchanged for another one, and says from where it was read. */
function restorable(first: EventStore) {
  let current = first;
  const reads: number[] = [];
  const store: EventStore = {
    ...first,
    readStream: (name, request) => {
      reads.push(request?.from ?? 0);
      return current.readStream(name, request);
    },
  };
  return { store, reads, restore: (other: EventStore) => (current = other) };
}

async function storeWith(events: number): Promise<EventStore> {
  const store = createMemoryEventStore();
  await grow(store, stream, events);
  return store;
}

describe('a stream loaded again', () => {
  it('is asked for what came since, and is the same as one read from its beginning', async () => {
    const inner = await storeWith(3);
    const { store, reads } = restorable(inner);
    const memory = new StreamMemory(store);
    expect(await memory.load(stream)).toEqual(await new StreamMemory(inner).load(stream));
    await grow(inner, stream, 2);
    expect(await memory.load(stream)).toEqual(await new StreamMemory(inner).load(stream));
    expect((await memory.load(stream)).events).toHaveLength(5);
    expect(reads).toEqual([0, 3, 5]);
  });

  it.each([
    ['shorter', 2],
    ['as long', 3],
    ['longer', 5],
    ['missing', 0],
  ])('is forgotten when the store holds another history, %s', async (_, events) => {
    const { store, restore } = restorable(await storeWith(3));
    const memory = new StreamMemory(store);
    await memory.load(stream);
    const other = await storeWith(events);
    restore(other);
    expect(await memory.load(stream)).toEqual(await new StreamMemory(other).load(stream));
  });

  it('is not kept for ever: the longest unused goes first, and very long ones are not kept', async () => {
    const inner = createMemoryEventStore();
    const names = Array.from({ length: 28 }, (_, n) => `case-${uuid(100 + n)}`);
    for (const name of names) await grow(inner, name, 400);
    await grow(inner, stream, 501);
    const { store, reads } = restorable(inner);
    const memory = new StreamMemory(store);
    for (const name of names) await memory.load(name);
    reads.length = 0;
    await memory.load(names.at(-1) ?? '');
    await memory.load(names[0] ?? '');
    expect(reads).toEqual([400, 0]);
    await memory.load(stream);
    await memory.load(stream);
    expect(reads).toEqual([400, 0, 0, 0]);
  });

  it('a missing one stays missing until it is there', async () => {
    const inner = createMemoryEventStore();
    const memory = new StreamMemory(inner);
    expect(await memory.load(stream)).toEqual({ stream, events: [] });
    await grow(inner, stream, 1);
    expect((await memory.load(stream)).head?.revision).toBe(0);
  });
});
