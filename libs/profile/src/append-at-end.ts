import {
  ConflictExhausted,
  DeadlineExceeded,
  type EventStore,
  type NewEvent,
  type RecordedEvent,
  WrongExpectedRevision,
  eventHash,
} from '@balagh/event-store';

/**
 * Appends to the end of a stream, again when somebody else was quicker or nobody answered: `next` looks at the stream anew and says what to
 * append after which event, or that all is done.
 * @returns what `next` called done, else the revision written
 * @throws ConflictExhausted (retriable) after that many attempts; other faults of the store
 */
export async function appendAtEnd<Done>(
  store: EventStore,
  stream: string,
  attempts: number,
  next: () => Promise<
    { readonly done: Done } | { readonly head: RecordedEvent | undefined; readonly event: NewEvent }
  >,
): Promise<{ readonly done: Done } | { readonly revision: number }> {
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const step = await next();
    if ('done' in step) return step;
    const { head, event } = step;
    const expected = head === undefined ? 'none' : { revision: head.revision, headHash: eventHash(head) };
    try {
      return { revision: (await store.append(stream, expected, [event])).revision };
    } catch (error) {
      if (!(error instanceof WrongExpectedRevision || error instanceof DeadlineExceeded)) throw error;
    }
  }
  throw new ConflictExhausted(`stream ${stream}: ${attempts} attempts`);
}
