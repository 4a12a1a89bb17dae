import { type EventFeed, type RunningSubscription } from '@balagh/event-feed';
import { type Clock } from '../clock';
import { Rejected } from '../errors/errors';
import { traceSubscription } from '../telemetry/traced-feed';
import { type HealthReport, type PlatformConsumers } from './platform';

export interface TrackedFeed extends EventFeed, PlatformConsumers {
  consumers(): Promise<HealthReport['consumers']>;
}

/** Remembers what was subscribed, so that readiness can tell every consumer's lag; handles every message in a span. */
export function trackFeed(
  feed: EventFeed,
  by: { readonly feed: 'store' | 'kafka'; readonly clock: Clock },
): TrackedFeed {
  const running = new Map<string, RunningSubscription>();
  return {
    async subscribe(subscription) {
      const started = await feed.subscribe(traceSubscription(subscription, by));
      running.set(subscription.consumer, started);
      return {
        ...started,
        lag: () => started.lag(),
        parked: () => started.parked(),
        redrive: (caseId) => started.redrive(caseId),
        stop: async () => {
          running.delete(subscription.consumer);
          await started.stop();
        },
      };
    },
    async consumers() {
      const entries = await Promise.all(
        [...running].map(async ([consumer, subscription]) => {
          const [lag, parked] = await Promise.allSettled([subscription.lag(), subscription.parked()]);
          return [
            consumer,
            {
              lag: lag.status === 'fulfilled' ? lag.value : null,
              parked: parked.status === 'fulfilled' ? parked.value.length : null,
            },
          ] as const;
        }),
      );
      return Object.fromEntries(entries);
    },
    async parkedCases() {
      const parked = await Promise.all([...running.values()].map((subscription) => subscription.parked()));
      return parked.flat().sort((a, b) => a.parkedAt.localeCompare(b.parkedAt));
    },
    async redrive(consumer, caseId) {
      const subscription = running.get(consumer);
      if (subscription === undefined) throw new Rejected({ code: 'CONSUMER_UNKNOWN', reason: 'missing' });
      await subscription.redrive(caseId);
    },
    close: () => feed.close(),
  };
}
