import { type EventMetadata, type StoredEvent, definitionOf, metadataSchema } from '@balagh/case-events';
import { ForeignEventType, InvalidEvent } from '../event-store.errors';
import { DraftedEvent } from '../json/drafted-event';
import { type CommandContext } from './case-streams';
import { commandEventId } from './command-event-id';

interface Drafting {
  readonly authored: ReadonlySet<string>;
  /** RFC 3339 UTC: recording time of all events of the command. */
  readonly now: string;
}

/** The bytes of an event, and the event as they will be read. */
export interface Draft {
  readonly raw: DraftedEvent;
  readonly event: StoredEvent<{ type: string; data: unknown }>;
}

/**
 * Turns accepted events into the bytes that are appended: ids, metadata, chain links. Deterministic, so that the same
 * decision at the same moment gives the same bytes.
 * @throws ForeignEventType; InvalidEvent when data or metadata break their schema
 */
export function draftEvents(
  onto: { readonly stream: string; readonly head?: { readonly revision: number; readonly hash: string } },
  events: readonly { type: string; data: unknown }[],
  context: CommandContext,
  drafting: Drafting,
): readonly Draft[] {
  let previousHash = onto.head?.hash;
  const first = (onto.head?.revision ?? -1) + 1;
  return events.map((event, index) => {
    const definition = definitionOf(event.type);
    if (definition === undefined || !drafting.authored.has(event.type))
      throw new ForeignEventType(event.type);
    const place = {
      id: commandEventId(context.commandId, index),
      stream: onto.stream,
      revision: first + index,
      type: event.type,
    };
    const data = valid(definition.data.safeParse(event.data), `${event.type} data`);
    const metadata = metadataOf(context, definition.version, drafting.now, previousHash);
    const raw = new DraftedEvent(place, { data, metadata });
    previousHash = raw.head.hash;
    return { raw, event: { ...place, data, metadata } };
  });
}

function metadataOf(
  context: CommandContext,
  schemaVersion: number,
  now: string,
  previousHash: string | undefined,
): EventMetadata {
  const { tenant, actor, line, channel, correlationId, causationId, commandId, trace, profileVersion } =
    context;
  const { contentDigest } = context;
  const metadata = {
    schemaVersion,
    tenant,
    actor,
    line,
    ...(channel === undefined ? {} : { channel }),
    recordedAt: now,
    occurredAt: context.occurredAt ?? now,
    correlationId,
    causationId,
    commandId,
    ...(contentDigest === undefined ? {} : { contentDigest }),
    ...(trace === undefined ? {} : { trace }),
    ...(profileVersion === undefined ? {} : { profileVersion }),
    ...(previousHash === undefined ? {} : { previousHash }),
  };
  return valid(metadataSchema.safeParse(metadata), 'metadata');
}

interface Parsed<T> {
  readonly success: boolean;
  readonly data?: T;
  readonly error?: {
    readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly code?: string }[];
  };
}

/** Path and code only: values may be personal. */
function valid<T>(parsed: Parsed<T>, what: string): T {
  if (parsed.success) return parsed.data as T;
  const first = parsed.error?.issues[0];
  throw new InvalidEvent(`${what}: ${first?.path.map(String).join('.') ?? ''} ${first?.code ?? 'invalid'}`);
}
