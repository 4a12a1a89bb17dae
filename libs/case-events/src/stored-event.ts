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

/** Thrown when a stored event does not fit its schema: not retriable, the case is parked. */
export class InvalidStoredEvent extends Error {
  readonly retriable: boolean = false;
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

/**
 * Thrown when this version does not know the type of a stored event, or its schema version: somebody newer wrote it. Retriable, because a
 * process of that version can read it; nothing may be decided on the rest of the history.
 */
export class EventNewer extends InvalidStoredEvent {
  override readonly retriable = true;
  readonly code = 'EVENT_NEWER';
  /** `what` this version does not know, without values of the event. */
  constructor({ stream, revision, type }: Pick<RawEvent, 'stream' | 'revision' | 'type'>, what: string) {
    super(stream, revision, type, `newer than this version: ${what}`);
    this.name = 'EventNewer';
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
 * @throws EventNewer (retriable) for unknown types and schema versions; InvalidStoredEvent for data or metadata that break their schema.
 */
export function decodeEvent<E extends { type: string; data: unknown } = CaseEvent>(
  raw: RawEvent,
): StoredEvent<E> {
  const fail = (problem: string): never => {
    throw new InvalidStoredEvent(raw.stream, raw.revision, raw.type, problem);
  };
  const definition = definitionOf(raw.type);
  if (definition === undefined) throw new EventNewer(raw, 'unknown event type');
  const described = parseJson(raw.metadata);
  const version = versionIn(described);
  if (version > definition.version) throw new EventNewer(raw, `schema version ${version}`);
  const metadata = metadataSchema.safeParse(described);
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

/** The schema version that metadata of whatever shape names; 0 where it names none. */
function versionIn(metadata: unknown): number {
  const version = (metadata as { schemaVersion?: unknown } | null | undefined)?.schemaVersion;
  return typeof version === 'number' && Number.isInteger(version) ? version : 0;
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
