import { type CaseEvent, type CaseView, type StoredEvent, foldCase } from '@balagh/case-events';

/** Which part of a history: after this many events, or as it was known at a moment; both: whichever is earlier. */
export interface PointInTime {
  readonly version?: number;
  /** RFC 3339. An event counts when it was recorded at or before it. */
  readonly at?: string;
}

/** The events that were there at that point (SYS-06). Order of recording is the order of the stream. */
export function eventsAsOf<E extends StoredEvent<{ type: string; data: unknown }>>(
  events: readonly E[],
  point: PointInTime,
): readonly E[] {
  const { version = events.length, at } = point;
  const first =
    at === undefined
      ? events.length
      : events.findIndex((event) => Date.parse(event.metadata.recordedAt) > Date.parse(at));
  return events.slice(0, Math.min(version, first === -1 ? events.length : first));
}

/** The state at a point: the fold of its events and nothing else. */
export function stateAsOf(events: readonly StoredEvent<CaseEvent>[], point: PointInTime): CaseView {
  return foldCase(eventsAsOf(events, point));
}

/**
 * Why an event happened, in few words: the rule that led to it, the reason a person gave, the earlier event of the case that it
 * follows from, or the command of its actor.
 */
export function whyOf(event: StoredEvent<CaseEvent>, history: readonly StoredEvent<CaseEvent>[]): string {
  const data = event.data as Readonly<Record<string, unknown>>;
  for (const [field, word] of [
    ['ruleId', 'rule'],
    ['reason', 'reason'],
    ['basis', 'basis'],
    ['cause', 'cause'],
    ['trigger', 'because of'],
  ] as const) {
    const value = data[field];
    if (typeof value === 'string' && !value.startsWith('sealed:')) return `${word} ${value}`;
  }
  const cause = history.find((earlier) => earlier.id === event.metadata.causationId);
  return cause === undefined ? 'command' : `follows ${cause.revision} ${cause.type}`;
}
