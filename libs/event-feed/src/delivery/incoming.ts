import { createHash } from 'node:crypto';
import {
  type CaseEventType,
  type PublishedEvent,
  type StoredEvent,
  type Topic,
  caseEventDefinitions,
  caseIdOf,
  decodeEvent,
  publish,
  publishedFields,
  publishedPrefix,
} from '@balagh/case-events';
import { type RecordedEvent } from '@balagh/event-store';
import { z } from 'zod';
import { type Subscription } from '../event-feed.port';
import { faultCode } from './fault';

/** One message on its way to the handler, or the reason why it cannot be read. */
export interface Incoming {
  readonly topic: Topic;
  /** The key, a UUID; for a message without one, where it stood on the topic. */
  readonly caseId: string;
  /** At most `greatestRevision`; -1 when unreadable. */
  readonly revision: number;
  readonly content: { readonly message: PublishedEvent } | Unusable;
}

export interface Unusable {
  /** Code of what is wrong. */
  readonly problem: string;
  /**
   * Names this very message, for ever: its place on the topic and what stood there. Its revision, if it claims one, cannot be
   * trusted, so the mark tells whether it was met before. Absent on the store feed, which reads the event again.
   */
  readonly mark?: string;
}

const published = Object.entries(publishedFields).map(([type, { topic }]) => ({
  type: type as CaseEventType,
  topic,
}));

/** Types of events in case streams that no topic carries. */
export const unpublishedTypes: readonly string[] = Object.keys(caseEventDefinitions).filter(
  (type) => !(type in publishedFields),
);

/** The stored event types whose publication a subscription wants. */
export function wantedTypes({
  topics,
  types,
}: Pick<Subscription, 'topics' | 'types'>): readonly CaseEventType[] {
  return published
    .filter((p) => topics.includes(p.topic) && (types?.includes(p.type) ?? true))
    .map((p) => p.type);
}

/** The published form of a stored event, of `decoded` if it is known already; undefined when it is not published or not wanted. */
export function fromStore(
  event: RecordedEvent,
  wanted: readonly string[],
  decoded?: StoredEvent,
): Incoming | undefined {
  const caseId = caseIdOf(event.stream);
  const topic = publishedFields[event.type as CaseEventType]?.topic;
  if (caseId === undefined || topic === undefined || !wanted.includes(event.type)) return undefined;
  const envelope = { topic, caseId, revision: event.revision };
  try {
    const translated = publish(decoded ?? decodeEvent(event));
    return translated === undefined ? undefined : { ...envelope, content: { message: translated.message } };
  } catch (error) {
    return { ...envelope, content: { problem: faultCode(error) } };
  }
}

/** Largest value of a PostgreSQL integer: what progress can note. */
export const greatestRevision = 2_147_483_647;
const revisionSchema = z.number().int().min(0).max(greatestRevision);
const keySchema = z.uuid();

const messageSchema = z.looseObject({
  specversion: z.literal('1.0'),
  id: z.uuid(),
  source: z.string().startsWith('/balagh/'),
  type: z.string().startsWith(publishedPrefix),
  subject: z.uuid(),
  time: z.iso.datetime(),
  datacontenttype: z.literal('application/json'),
  caserevision: revisionSchema,
  tenant: z.string().min(1),
  correlationid: z.string().min(1),
  causationid: z.string().min(1),
  profileversion: z.number().int().min(1).optional(),
  traceparent: z.string().optional(),
  data: z.record(z.string(), z.unknown()),
});

export interface RawMessage {
  readonly topic: Topic;
  readonly key: string | undefined;
  readonly value: string | undefined;
  /** `<topic>/<partition>/<offset>`: names a message whose key names no case. */
  readonly place: string;
}

/**
 * Reads a message of a topic; undefined when its type is not wanted. Whatever it claims, case and revision are such as progress can note. Breaks of the contract come back as a problem:
 * `MESSAGE_UNREADABLE` (no JSON object), `MESSAGE_INVALID` (envelope), `MESSAGE_KEY_FOREIGN` (key is not the subject).
 */
export function fromTopic(raw: RawMessage, types: readonly string[] | undefined): Incoming | undefined {
  const value = parseObject(raw.value);
  const type = typeof value?.['type'] === 'string' ? value['type'] : undefined;
  const short = type?.startsWith(publishedPrefix) === true ? type.slice(publishedPrefix.length) : undefined;
  if (short !== undefined && types !== undefined && !types.includes(short)) return undefined;
  const envelope = {
    topic: raw.topic,
    caseId: keySchema.safeParse(raw.key).data ?? raw.place,
    revision: revisionSchema.safeParse(value?.['caserevision']).data ?? -1,
  };
  const unusable = (problem: string): Incoming => ({ ...envelope, content: { problem, mark: markOf(raw) } });
  if (value === undefined) return unusable('MESSAGE_UNREADABLE');
  const parsed = messageSchema.safeParse(value);
  if (!parsed.success) return unusable('MESSAGE_INVALID');
  if (parsed.data.subject !== raw.key) return unusable('MESSAGE_KEY_FOREIGN');
  return { ...envelope, content: { message: parsed.data as PublishedEvent } };
}

/** With its content: after a broker was set up anew another message may stand at the same place. */
const markOf = ({ place, value }: RawMessage): string =>
  `${place} ${createHash('sha256')
    .update(value ?? '')
    .digest('base64url')}`;

function parseObject(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** @throws Error naming types that none of the topics carries: a slip in the service that would silently wait for ever */
export function checkSubscription({ consumer, topics, types }: Subscription): void {
  const carried = wantedTypes({ topics });
  const unknown = (types ?? []).filter((type) => !carried.some((known) => known === type));
  if (unknown.length > 0)
    throw new Error(`${consumer}: ${topics.join(', ')} never carry ${unknown.join(', ')}`);
  if (topics.length === 0) throw new Error(`${consumer} names no topic`);
}
