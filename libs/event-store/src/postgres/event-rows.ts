import { type CustomTypesConfig } from 'pg';
import { type Position, type ReadAllResult, type RecordedEvent, START } from '../event-store.port';

/** Type ids of PostgreSQL. */
const [int4, timestamptz] = [23, 1184];

/** Everything stays the text that came, but for revisions and times: making a Date of each event costs more than the rest. */
export const rowTypes = {
  getTypeParser: (id: number) => (id === int4 ? Number : id === timestamptz ? rfc3339 : asItIs),
} as CustomTypesConfig;

const asItIs = (text: string): string => text;

/** `2026-03-01 08:00:00.123456+00`, as a session in UTC writes it, to milliseconds; other sessions go the long way. */
export function rfc3339(text: string): string {
  return text.endsWith('+00') && text.length > 19
    ? `${text.slice(0, 10)}T${text.slice(11, 19)}.${text.slice(20, -3).slice(0, 3).padEnd(3, '0')}Z`
    : new Date(text).toISOString();
}

export interface EventRow {
  readonly position: string;
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
  readonly stored_at: string;
}

/** Marker rows (no event in the range, checkpoint) have no id. */
export const isEvent = (row: EventRow): boolean => (row.id as string | null) !== null;

export const token = (position: string): Position => position.padStart(20, '0');

export function recorded({
  position,
  stream,
  revision,
  id,
  type,
  data,
  metadata,
  stored_at,
}: EventRow): RecordedEvent {
  return {
    position: token(position),
    stream,
    revision,
    id,
    type,
    data,
    metadata,
    storedAt: stored_at,
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
