import { randomUUID } from 'node:crypto';
import { WrongExpectedRevision } from '../src/event-store.errors';
import { type EventStore, type NewEvent, type RecordedEvent, START } from '../src/event-store.port';

export const someEvent = (data = '{"n":1}', type = 'NoteTaken'): NewEvent => ({
  id: randomUUID(),
  type,
  data,
  metadata: '{"tenant":"TST"}',
});
export const someEvents = (n: number): NewEvent[] =>
  Array.from({ length: n }, (_, i) => someEvent(`{"n":${i}}`));
export const newStream = (category = 'spec'): string => `${category}-${randomUUID()}`;

export async function eventsOf(store: EventStore, stream: string): Promise<readonly RecordedEvent[]> {
  const read = await store.readStream(stream);
  return read.kind === 'found' ? read.events : [];
}

/** The end of the global order now: specs look only at what they appended themselves. */
export async function endOf(store: EventStore): Promise<string> {
  let after = START;
  for (;;) {
    const page = await store.readAll({ after, limit: 1_000 });
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
