import { type StoredEvent } from '@balagh/case-events';

/** What was sent about the case and what became of it, without text or address (MUS-11, MUS-18). */
export interface MessageLine {
  readonly messageId: string;
  readonly trigger: string;
  readonly recipient: string;
  readonly recipientCode?: string;
  readonly language: string;
  readonly channels: readonly string[];
  /** The channel that took it. */
  readonly channel?: string;
  readonly state: 'REQUESTED' | 'ACCEPTED' | 'FAILED';
  readonly reason?: string;
  readonly attempts?: number;
  readonly requestedAt: string;
  readonly settledAt?: string;
}

export function messagesOf(events: readonly StoredEvent[]): readonly MessageLine[] {
  const lines = new Map<string, MessageLine>();
  for (const event of events) {
    if (event.type === 'NotificationRequested') {
      const { messageId, trigger, recipient, recipientCode, language, channels } = event.data;
      const code = recipientCode === undefined ? {} : { recipientCode };
      lines.set(messageId, {
        messageId,
        trigger,
        recipient,
        ...code,
        language,
        channels,
        state: 'REQUESTED',
        requestedAt: event.metadata.recordedAt,
      });
    }
    if (event.type !== 'NotificationSent' && event.type !== 'NotificationFailed') continue;
    const asked = lines.get(event.data.messageId);
    if (asked === undefined) continue;
    const settledAt = event.metadata.recordedAt;
    if (event.type === 'NotificationFailed')
      lines.set(asked.messageId, { ...asked, state: 'FAILED', reason: event.data.reason, settledAt });
    else
      lines.set(asked.messageId, {
        ...asked,
        state: 'ACCEPTED',
        channel: event.data.channel,
        attempts: event.data.attempts,
        settledAt,
      });
  }
  return [...lines.values()];
}
