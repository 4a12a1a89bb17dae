import { type ExpectedRevision, type NewEvent } from '../../src/event-store.port';

export interface StoredInModel extends NewEvent {
  readonly stream: string;
  readonly revision: number;
  /** Appends of one round were in the air together; rounds follow each other. */
  readonly round: number;
}

export type Verdict =
  | { readonly kind: 'written' | 'replayed'; readonly revision: number }
  | { readonly kind: 'conflict'; readonly actual: number | undefined };

/** The port's words on appending, as plainly as they can be put: what an adapter must answer and hold. */
export class StoreModel {
  readonly streams = new Map<string, StoredInModel[]>();

  last(stream: string): number | undefined {
    return this.streams.get(stream)?.at(-1)?.revision;
  }

  append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[], round: number): Verdict {
    const own = this.streams.get(stream) ?? [];
    const actual = this.last(stream);
    const first = expected === 'none' ? 0 : typeof expected === 'number' ? expected + 1 : undefined;
    if (first !== undefined && events.every((event, i) => own[first + i]?.id === event.id))
      return { kind: 'replayed', revision: first + events.length - 1 };
    const fits =
      expected === 'any' ||
      (expected === 'exists' && actual !== undefined) ||
      (expected === 'none' && actual === undefined) ||
      expected === actual;
    if (!fits) return { kind: 'conflict', actual };
    const stored = events.map((event, i) => ({ ...event, stream, revision: own.length + i, round }));
    this.streams.set(stream, [...own, ...stored]);
    return { kind: 'written', revision: own.length + events.length - 1 };
  }
}
