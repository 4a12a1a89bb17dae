import { type PublishedEvent, publishedPrefix } from '@balagh/case-events';
import { type Delivery, type Subscription } from '@balagh/event-feed';
import { type Clock } from '../clock';
import { recordHandled } from './instruments';
import { inSpan } from './spans';

/** Handles each message in a span that continues the event’s own, and measures how long the event was under way. */
export function traceSubscription(
  subscription: Subscription,
  { feed, clock }: { readonly feed: 'store' | 'kafka'; readonly clock: Clock },
): Subscription {
  const { consumer } = subscription;
  return {
    ...subscription,
    handle: (message, delivery) => {
      const options = {
        kind: 'consumer' as const,
        parent: message.traceparent ?? 'none',
        attributes: attributesOf(message, delivery, consumer, feed),
      };
      const started = clock.now().getTime();
      return inSpan('feed.handle', options, async () => {
        try {
          const reached = await subscription.handle(message, delivery);
          recordHandled(consumer, delivery.topic, 'handled', hopSeconds(message, clock));
          return reached;
        } catch (error) {
          recordHandled(consumer, delivery.topic, 'failed', (clock.now().getTime() - started) / 1_000);
          throw error;
        }
      });
    },
  };
}

function hopSeconds(message: PublishedEvent, clock: Clock): number {
  return Math.max(0, (clock.now().getTime() - Date.parse(message.time)) / 1_000);
}

function attributesOf(message: PublishedEvent, delivery: Delivery, consumer: string, feed: string) {
  return {
    'messaging.system': feed === 'kafka' ? 'kafka' : 'balagh',
    'messaging.destination.name': delivery.topic,
    'messaging.consumer.group.name': consumer,
    'messaging.message.id': message.id,
    'balagh.event.type': message.type.slice(publishedPrefix.length),
    'balagh.case.id': message.subject,
    'balagh.tenant': message.tenant,
    'balagh.correlation.id': message.correlationid,
    'balagh.delivery.attempt': delivery.attempt,
  };
}
