import { randomUUID } from 'node:crypto';
import { WrongExpectedRevision } from '../src/event-store.errors';
import {
  type EventFilter,
  type EventStore,
  type NewEvent,
  type RecordedEvent,
  START,
  type SubscriptionItem,
} from '../src/event-store.port';

export const someEvent = (data = '{"n":1}', type = 'NoteTaken'): NewEvent => ({
  id: randomUUID(),
  type,
  data,
  metadata: '{"tenant":"TST"}',
});
export const someEvents = (n: number): NewEvent[] =>
  Array.from({ length: n }, (_, i) => someEvent(`{"n":${i}}`));
/** An event of exactly so many bytes of data and metadata together. */
export function sizedEvent(bytes: number, character = 'x'): NewEvent {
  const event = someEvent();
  const room = bytes - Buffer.byteLength(event.metadata) - 2;
  const width = Buffer.byteLength(character);
  return { ...event, data: JSON.stringify(character.repeat(room / width) + 'x'.repeat(room % width)) };
}

export const newStream = (category = 'spec'): string => `${category}-${randomUUID()}`;

/** Expectations that fix their slots, whose replays are safe. */
export const expectations: [string, 'none' | number][] = [
  ['none', 'none'],
  ['an exact revision', 2],
];

/** A stream at which the expectation holds, and how many events it has. */
export async function begunStream(
  store: EventStore,
  expected: 'none' | number,
): Promise<{ readonly stream: string; readonly length: number }> {
  const stream = newStream();
  const length = expected === 'none' ? 0 : expected + 1;
  if (length > 0) await store.append(stream, 'none', someEvents(length));
  return { stream, length };
}

export async function eventsOf(store: EventStore, stream: string): Promise<readonly RecordedEvent[]> {
  const read = await store.readStream(stream);
  return read.kind === 'found' ? read.events : [];
}

/** The end of the global order now: specs look only at what they appended themselves. */
export async function endOf(store: EventStore): Promise<string> {
  let after = START;
  for (;;) {
    const page = await store.readAll({ after, filter: { types: ['NobodyWritesThis'] } });
    after = page.checkpoint;
    if (page.caughtUp) return after;
  }
}

export async function conflictOf(append: Promise<unknown>): Promise<number | undefined | 'no conflict'> {
  try {
    await append;
    return 'no conflict';
  } catch (error) {
    if (error instanceof WrongExpectedRevision) return error.actual;
    throw error;
  }
}

export async function refusalOf(append: Promise<unknown>): Promise<WrongExpectedRevision> {
  const outcome = await append.catch((error: unknown) => error);
  if (outcome instanceof WrongExpectedRevision) return outcome;
  throw new Error('the append was not refused', { cause: outcome });
}

/** Collects items of a subscription until `enough` says so, or eight seconds have passed. */
export async function collect(
  store: EventStore,
  options: { readonly after?: string; readonly filter?: EventFilter },
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

export const idsIn = (items: readonly SubscriptionItem[]): string[] =>
  items.flatMap((i) => (i.kind === 'event' ? [i.event.id] : []));
