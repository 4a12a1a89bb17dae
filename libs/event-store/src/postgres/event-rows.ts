import { type Position, type ReadAllResult, type RecordedEvent, START } from '../event-store.port';

/** Of `2026-03-01 08:00:00.123`. */
const [dateEnds, toMilliseconds] = [10, 23] as const;

/** `2026-03-01 08:00:00.123456+00`, as a session in UTC writes it, to milliseconds; whatever has fewer digits or another zone goes the long way. */
export function rfc3339(text: string): string {
  return text.endsWith('+00') && text.length >= toMilliseconds + 3
    ? `${text.slice(0, dateEnds)}T${text.slice(dateEnds + 1, toMilliseconds)}Z`
    : new Date(text).toISOString();
}

/** An event in the answer to a refused append. */
export type MissedRow = readonly [
  position: string,
  stream: string,
  revision: number,
  id: string,
  type: string,
  data: string,
  metadata: string,
  storedAt: string,
];

const zeros = Array.from({ length: 21 }, (_, digits) => '0'.repeat(20 - digits));

/** Twenty digits. To pad by the language's own means takes three times as long, and each event read has one. */
export const token = (position: string): Position => `${zeros[position.length] ?? ''}${position}`;

export function recorded(row: MissedRow): RecordedEvent {
  const [position, stream, revision, id, type, data, metadata, storedAt] = row;
  return {
    position: token(position),
    stream,
    revision,
    id,
    type,
    data,
    metadata,
    storedAt: rfc3339(storedAt),
  };
}

/**
 * A page of the global order. `checkpoint` is what its last row names: absent where the page was full, and then the last event's; 0 is
 * the beginning. `after`: where the page began.
 */
export function pageOf(
  events: readonly RecordedEvent[],
  checkpoint: string | undefined,
  caughtUp: boolean,
  after: Position,
): ReadAllResult {
  const end = checkpoint === undefined ? events.at(-1)?.position : token(checkpoint);
  if (end === undefined) return { events, checkpoint: after, caughtUp: true };
  return { events, checkpoint: Number(end) === 0 ? START : end, caughtUp };
}
