import type { KurrentDBClient } from '@kurrent/kurrentdb-client';
import {
  type EventFilter,
  type NewEvent,
  type Position,
  type RecordedEvent,
  START,
} from '../event-store.port';
import { categoryOf } from '../json/event-checks';

type Reader = KurrentDBClient['rustClient'];
type Batches = ReturnType<Reader['readAll']>;
export type AllOptions = NonNullable<Parameters<Reader['readAll']>[0]>;
export type ReadBatch = Batches extends AsyncIterable<infer Batch> ? Batch : never;
type Resolved = ReadBatch[number];
type LogPosition = Exclude<AllOptions['fromPosition'], string>;

/**
 * As the native reader gives it: bytes. The client's own reading parses metadata, always, and would not give the text back that
 * was written.
 */
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Exactly `Uint8Array`, not a `Buffer`: the client takes anything else for a value to serialise. */
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

export const toProposed = ({ id, type, data, metadata }: NewEvent) => ({
  id,
  type,
  contentType: 'application/octet-stream' as const,
  data: bytes(data),
  metadata: bytes(metadata),
});

/** Commit and prepare position, padded: comparable as text. */
export function token(position: LogPosition | undefined): Position {
  if (position === undefined) return START;
  return `${digits(position.commit)}.${digits(position.prepare)}`;
}

/** How `token` writes it. */
export const positionForm = /^\d{20}\.\d{20}$/;

const digits = (n: bigint): string => String(n).padStart(20, '0');

export function logPosition(position: Position): AllOptions['fromPosition'] {
  if (position === START) return 'start';
  const [commit = '', prepare = ''] = position.split('.');
  return { commit: BigInt(commit), prepare: BigInt(prepare) };
}

/** Undefined for what is not ours: system streams and links. */
export function recorded({ event }: Resolved): RecordedEvent | undefined {
  if (event === undefined || event.streamId.startsWith('$') || event.type.startsWith('$')) return undefined;
  return {
    id: event.id,
    type: event.type,
    data: utf8.decode(event.data),
    metadata: utf8.decode(event.metadata),
    stream: event.streamId,
    revision: Number(event.revision),
    position: positionOf({ event }),
    storedAt: new Date(event.created).toISOString(),
  };
}

export const positionOf = ({ event }: Resolved): Position => token(event?.position);

/** The store searches by one dimension only: by types if there are any, else by categories; never system streams. */
export function pushedDown({ types, categories }: EventFilter): NonNullable<AllOptions['filter']> {
  if (types !== undefined) return { filterOn: 'eventType', regex: `^(?:${types.map(literal).join('|')})$` };
  if (categories !== undefined) return { filterOn: 'streamName', prefixes: categories.map((c) => `${c}-`) };
  return { filterOn: 'streamName', regex: '^[^$]' };
}

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|#\s-]/g, '\\$&');

/** The whole filter, exactly. */
export function passes({ stream, type }: RecordedEvent, { types, categories }: EventFilter): boolean {
  return (
    (types === undefined || types.includes(type)) &&
    (categories === undefined || categories.includes(categoryOf(stream)))
  );
}
