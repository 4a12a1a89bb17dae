import { caseIdOf, decodeEvent, publish, publishedPrefix } from '@balagh/case-events';
import { type RecordedEvent } from '@balagh/event-store';
import { type Message } from 'kafkajs';

/** The message of an event; undefined when it is not published. @throws InvalidStoredEvent, EventNewer */
export function publishedMessage(event: RecordedEvent): Message | undefined {
  const message = publish(decodeEvent(event))?.message;
  return message === undefined ? undefined : { key: message.subject, value: JSON.stringify(message) };
}

/**
 * Stands for an event that the relay cannot read. It breaks the contract on purpose: whoever wants the type parks the case, with the alarm, and
 * a redrive reads the event from the store. So nothing is passed over, and the other cases go on. Undefined for what is no case.
 */
export function unusableMessage({
  stream,
  revision,
  type,
}: Pick<RecordedEvent, 'stream' | 'revision' | 'type'>): Message | undefined {
  const caseId = caseIdOf(stream);
  if (caseId === undefined) return undefined;
  const value = JSON.stringify({
    type: `${publishedPrefix}${type}`,
    subject: caseId,
    caserevision: revision,
  });
  return { key: caseId, value };
}
