import { InvalidEvent } from '../event-store.errors';
import {
  type ExpectedRevision,
  type NewEvent,
  type ReadAllOptions,
  type ReadHeadsOptions,
  type ReadStreamOptions,
  START,
} from '../event-store.port';
import { DraftedEvent } from './drafted-event';
import { problemIn } from './encode-json';

/** Limits that every adapter keeps (design §5). */
export const limits = {
  eventsPerAppend: 500,
  bytesPerAppend: 1_000_000,
  /** Of a stream, unless a read says otherwise. */
  eventsPerRead: 10_000,
  /** A page of the global order ends with the event that fills it, however many were asked for. */
  bytesPerPage: 8_000_000,
  streamNameLength: 200,
  typeLength: 100,
} as const;

const streamName = /^[A-Za-z][A-Za-z0-9_.]*-[\x21-\x7e]+$/;
const typeName = /^[A-Za-z][A-Za-z0-9_.]*$/;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Category of a stream: what stands before the first `-`. */
export function categoryOf(stream: string): string {
  return stream.slice(0, stream.indexOf('-'));
}

/** @throws InvalidEvent when the name is not `category-id` in printable ASCII of at most 200 characters */
export function checkStreamName(stream: string): void {
  if (stream.length > limits.streamNameLength || !streamName.test(stream))
    throw new InvalidEvent('stream name');
}

/** Revisions are whole, from 0, and fit 32 bits: what stores use beyond that has meanings of their own (−1, −2 …). */
const isRevision = (n: number): boolean => Number.isInteger(n) && n >= 0 && n <= 2_147_483_647;

/** @throws InvalidEvent for a name, start or limit that no stream has */
export function checkReadStream(stream: string, { from = 0, limit = 1 }: ReadStreamOptions = {}): void {
  checkStreamName(stream);
  if (!isRevision(from)) throw new InvalidEvent('first revision of a read');
  if (!isRevision(limit) || limit === 0) throw new InvalidEvent('limit of a read');
}

/** @throws InvalidEvent for a limit that no page has, or a position that this store never gave out */
export function checkReadAll({ after = START, limit = 1 }: ReadAllOptions, form: RegExp): void {
  if (!isRevision(limit) || limit === 0) throw new InvalidEvent('limit of a read');
  if (after !== START && !form.test(after)) throw new InvalidEvent('position of a read');
}

/** @throws InvalidEvent for a limit that no page has */
export function checkReadHeads({ limit = 1 }: ReadHeadsOptions): void {
  if (!isRevision(limit) || limit === 0) throw new InvalidEvent('limit of a read');
}

/**
 * Refuses an append that could never be stored, before any I/O: number, size, ids, types, and JSON text
 * that another adapter could not give back byte for byte.
 * @throws InvalidEvent naming the event's place and path, never a value
 */
export function checkAppend(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): void {
  checkStreamName(stream);
  const revision = typeof expected === 'object' ? expected.revision : expected;
  if (typeof revision === 'number' && !isRevision(revision)) throw new InvalidEvent('expected revision');
  if (events.length < 1 || events.length > limits.eventsPerAppend)
    throw new InvalidEvent(`${events.length} events`);
  let bytes = 0;
  events.forEach((event, i) => {
    if (!uuid.test(event.id)) throw new InvalidEvent(`event ${i}: id is not a lower-case UUID`);
    if (event.type.length > limits.typeLength || !typeName.test(event.type))
      throw new InvalidEvent(`event ${i}: type`);
    if (!(event instanceof DraftedEvent)) {
      checkJson(event.data, i, 'data');
      checkJson(event.metadata, i, 'metadata');
    }
    bytes += Buffer.byteLength(event.data) + Buffer.byteLength(event.metadata);
  });
  if (events.length > 1) checkIdsDiffer(events);
  if (bytes > limits.bytesPerAppend) throw new InvalidEvent(`${bytes} bytes`);
}

function checkIdsDiffer(events: readonly NewEvent[]): void {
  const ids = new Set<string>();
  events.forEach(({ id }, i) => {
    if (ids.has(id)) throw new InvalidEvent(`event ${i}: id used twice`);
    ids.add(id);
  });
}

/** Only these spellings can hide a value that must not be stored, so only they cost a walk through the value. */
const suspicious = /\\u0000|\\u[dD][89a-fA-F]|(?:^|[\s:,[])-0/;

type Body = 'data' | 'metadata';

/** Runs for every body that is stored: words are put together only when they are needed. */
function checkJson(text: unknown, i: number, body: Body): void {
  if (typeof text !== 'string') throw refused(i, body, 'not text');
  const value = parse(text, i, body);
  if (!text.isWellFormed()) throw refused(i, body, 'lone surrogate');
  if (!suspicious.test(text)) return;
  const problem = problemIn(value, '');
  if (problem !== undefined) throw refused(i, body, problem);
}

const refused = (i: number, body: Body, why: string): InvalidEvent =>
  new InvalidEvent(`event ${i}: ${body}: ${why}`);

function parse(text: string, i: number, body: Body): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw refused(i, body, 'not JSON');
  }
}
