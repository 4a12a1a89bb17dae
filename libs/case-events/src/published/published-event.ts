import { type CaseEvent } from '../catalogue';
import { type CaseEventType } from '../catalogue';
import { type StoredEvent } from '../stored-event';
import { caseIdOf } from '../ids';
import { publishedFields } from './published-fields';

/** Topic of a service's published events, keyed by case id. */
export type Topic = 'case.intake' | 'case.routing' | 'case.dispatch' | 'case.notification';
export const topics: readonly Topic[] = ['case.intake', 'case.routing', 'case.dispatch', 'case.notification'];

/**
 * A published event: CloudEvents 1.0, structured JSON. No personal data (design §3.5). It triggers; the
 * decision folds the stream to at least `caserevision`.
 */
export interface PublishedEvent {
  readonly specversion: '1.0';
  readonly id: string;
  /** `/balagh/<service>` */
  readonly source: string;
  /** `balagh.case.v1.<EventType>`; see proto/balagh/events/v1. */
  readonly type: string;
  /** Case id: the key on the topic. */
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly caserevision: number;
  readonly tenant: string;
  readonly correlationid: string;
  readonly causationid: string;
  readonly profileversion?: number;
  readonly traceparent?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export const publishedPrefix = 'balagh.case.v1.';

/** The event type inside a published type name. */
export const publishedTypeOf = (type: CaseEventType): string => `${publishedPrefix}${type}`;

/**
 * Translates a stored event to the published contract, or to nothing. Pure: the store feed and the Kafka
 * relay call the same function, so both deliver the same messages.
 */
export function publish(
  event: StoredEvent,
): { readonly topic: Topic; readonly message: PublishedEvent } | undefined {
  const caseId = caseIdOf(event.stream);
  const entry = publishedFields[event.type];
  if (caseId === undefined || entry === undefined) return undefined;
  const { metadata } = event;
  return {
    topic: entry.topic,
    message: {
      specversion: '1.0',
      id: event.id,
      source: `/balagh/${entry.topic.slice('case.'.length)}`,
      type: publishedTypeOf(event.type),
      subject: caseId,
      time: metadata.recordedAt,
      datacontenttype: 'application/json',
      caserevision: event.revision,
      tenant: metadata.tenant,
      correlationid: metadata.correlationId,
      causationid: metadata.causationId,
      ...(metadata.profileVersion === undefined ? {} : { profileversion: metadata.profileVersion }),
      ...(metadata.trace === undefined ? {} : { traceparent: metadata.trace }),
      data: pick(event, entry.fields),
    },
  };
}

function pick(event: CaseEvent, fields: readonly string[]): Record<string, unknown> {
  const data = event.data as Readonly<Record<string, unknown>>;
  return Object.fromEntries(fields.filter((f) => data[f] !== undefined).map((f) => [f, data[f]]));
}
