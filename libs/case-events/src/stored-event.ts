import { type CaseEvent, definitionOf } from './catalogue';
import { type EventMetadata, metadataSchema } from './metadata';
import { upcast } from './upcasters';

/** An event as read back: upcast to the current version and validated. */
export type StoredEvent<E extends { type: string; data: unknown } = CaseEvent> = E & {
  readonly id: string;
  readonly stream: string;
  /** From 0, without gaps. */
  readonly revision: number;
  readonly metadata: EventMetadata;
};

/** Thrown when a stored event does not fit its schema: never retriable, the case is parked. */
export class InvalidStoredEvent extends Error {
  readonly retriable = false;
  constructor(
    readonly stream: string,
    readonly revision: number,
    readonly type: string,
    readonly problem: string,
  ) {
    super(`event ${type} at revision ${revision} of ${stream} is invalid: ${problem}`);
    this.name = 'InvalidStoredEvent';
  }
}

/** The raw form that every event store adapter returns: data and metadata byte for byte. */
export interface RawEvent {
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  /** JSON text exactly as appended. */
  readonly data: string;
  readonly metadata: string;
}

/**
 * Parses, upcasts and validates a raw event of a case or message stream.
 * @throws InvalidStoredEvent for unknown types and for data or metadata that break their schema.
 */
export function decodeEvent<E extends { type: string; data: unknown } = CaseEvent>(
  raw: RawEvent,
): StoredEvent<E> {
  const fail = (problem: string): never => {
    throw new InvalidStoredEvent(raw.stream, raw.revision, raw.type, problem);
  };
  const definition = definitionOf(raw.type);
  if (definition === undefined) return fail('unknown event type');
  const metadata = metadataSchema.safeParse(parseJson(raw.metadata));
  if (!metadata.success) return fail(`metadata: ${problemOf(metadata.error)}`);
  const current = upcast(raw.type, metadata.data.schemaVersion, parseJson(raw.data));
  const data = definition.data.safeParse(current);
  if (!data.success) return fail(`data: ${problemOf(data.error)}`);
  return {
    type: raw.type,
    data: data.data,
    id: raw.id,
    stream: raw.stream,
    revision: raw.revision,
    metadata: metadata.data,
  } as unknown as StoredEvent<E>;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Path and code of the first problem, never the value: values may be personal. */
function problemOf(error: { issues: readonly { path: readonly PropertyKey[]; code?: string }[] }): string {
  const first = error.issues[0];
  return first === undefined
    ? 'unknown'
    : `${first.path.map(String).join('.') || '(root)'} ${first.code ?? 'invalid'}`;
}
