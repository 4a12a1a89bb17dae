import { hash } from 'node:crypto';
import { InvalidStoredEvent, type RawEvent, decodeEvent } from '@balagh/case-events';

/**
 * Hex SHA-256 of an event: over stream, revision, id, type, data and metadata, each written as its UTF-8 length in bytes, a
 * colon and the bytes. Metadata carries the previous event's hash, so each stream is a chain from its first event
 * (design §3.9). The PostgreSQL append function computes the same.
 */
export function eventHash(event: RawEvent): string {
  const { stream, revision, id, type, data, metadata } = event;
  return hash(
    'sha256',
    part(stream) + part(String(revision)) + part(id) + part(type) + part(data) + part(metadata),
    'hex',
  );
}

const part = (text: string): string => `${Buffer.byteLength(text)}:${text}`;

export interface ChainFault {
  readonly stream: string;
  readonly revision: number;
  /**
   * GAP: a revision is missing or repeated. LINK: the event does not name a previous hash, or names one where none is due.
   * HASH: the event's bytes are not those that its successor (or the store's head) recorded. SCHEMA: it no longer decodes, or
   * is newer than this version, which `detail` says.
   */
  readonly kind: 'GAP' | 'LINK' | 'HASH' | 'SCHEMA';
  /** No values of the event. */
  readonly detail: string;
}

/**
 * Checks a whole stream from revision 0 (SYS-10). Names every event that is missing, altered or unreadable.
 * `head` is what the store recorded at the last append:
 * without it an alteration of the last event and a cut end stay unseen.
 */
export function verifyChain(events: readonly RawEvent[], head?: RecordedHead): readonly ChainFault[] {
  const faults: ChainFault[] = [];
  let previous: RawEvent | undefined;
  let due = 0;
  for (const event of events) {
    const fault = (kind: ChainFault['kind'], detail: string, revision = event.revision): void => {
      faults.push({ stream: event.stream, revision, kind, detail });
    };
    if (event.revision !== due) fault('GAP', `revision ${due} expected`, due);
    else checkLink(event, previous, fault);
    const problem = schemaProblem(event);
    if (problem !== undefined) fault('SCHEMA', problem);
    due = event.revision + 1;
    previous = event;
  }
  return [...faults, ...headFaults(previous, head)];
}

/** Where a stream ends and which hash its last event has, as the store recorded it beside the events. */
export interface RecordedHead {
  readonly revision: number;
  /** Absent where an adapter keeps none. */
  readonly hash?: string | undefined;
}

function headFaults(last: RawEvent | undefined, head: RecordedHead | undefined): readonly ChainFault[] {
  if (last === undefined || head === undefined) return [];
  const { stream, revision } = last;
  if (revision !== head.revision) {
    return [
      {
        stream,
        revision: revision + 1,
        kind: 'GAP',
        detail: `the stream ends before revision ${head.revision}`,
      },
    ];
  }
  if (head.hash === undefined || eventHash(last) === head.hash) return [];
  return [{ stream, revision, kind: 'HASH', detail: 'differs from the hash recorded by the store' }];
}

function checkLink(
  event: RawEvent,
  previous: RawEvent | undefined,
  fault: (kind: ChainFault['kind'], detail: string, revision?: number) => void,
): void {
  const recorded = previousHashOf(event);
  if (previous === undefined) {
    if (recorded !== undefined) fault('LINK', 'the first event names a previous one');
    return;
  }
  if (recorded === undefined) fault('LINK', 'names no previous hash');
  else if (recorded !== eventHash(previous)) {
    fault('HASH', `differs from the hash recorded by revision ${event.revision}`, previous.revision);
  }
}

/** The link of an event to the one before; undefined where it names none. */
export function previousHashOf(event: Pick<RawEvent, 'metadata'>): string | undefined {
  try {
    const metadata = JSON.parse(event.metadata) as { previousHash?: unknown } | null;
    return typeof metadata?.previousHash === 'string' ? metadata.previousHash : undefined;
  } catch {
    return undefined;
  }
}

function schemaProblem(event: RawEvent): string | undefined {
  try {
    decodeEvent(event);
    return undefined;
  } catch (error) {
    return error instanceof InvalidStoredEvent ? error.problem : 'cannot be decoded';
  }
}
