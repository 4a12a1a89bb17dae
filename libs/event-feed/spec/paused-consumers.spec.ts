import {
  type EventStore,
  type SubscribeOptions,
  Unavailable,
  createMemoryEventStore,
} from '@balagh/event-store';
import { silentLog } from '../src/feed-log';
import { CaseConsumer } from '../src/delivery/case-consumer';
import { failingReads } from '../src/delivery/failing-reads';
import { createMemoryProgress } from '../src/progress/memory-progress.adapter';
import { StoreSubscription } from '../src/store/store-subscription';

const consumer = 'dispatch.specification';
const topics = ['case.intake'] as const;

function logging() {
  const lines: Readonly<Record<string, unknown>>[] = [];
  return {
    lines,
    log: { ...silentLog, warn: (fields: Readonly<Record<string, unknown>>) => lines.push(fields) },
  };
}

function partsOf(store: EventStore, log = silentLog) {
  const subscription = { consumer, topics, handle: async () => undefined };
  return { subscription, progress: createMemoryProgress(consumer), store, log };
}

describe('reads of a subscription that fail', () => {
  it('are logged, the first at once and then once a minute, with their number', () => {
    const { lines, log } = logging();
    let clock = 0;
    const failed = failingReads(log, { event: 'feed.consumer.paused', consumer }, () => clock);
    const away = new Unavailable('away');
    for (clock = 0; clock <= 120_000; clock += 5_000) failed(away, 5_000);
    const line = {
      event: 'feed.consumer.paused',
      consumer,
      retryInMs: 5_000,
      code: 'STORE_UNAVAILABLE',
      err: away,
    };
    expect(lines).toEqual([1, 12, 12].map((failures) => ({ ...line, failures })));
  });

  it('are a line that names the consumer on the store feed', async () => {
    const { lines, log } = logging();
    const silent: EventStore = {
      ...createMemoryEventStore(),
      async *subscribe({ signal, onRetry }: SubscribeOptions) {
        onRetry?.(new Unavailable('away'), 50);
        yield { kind: 'caughtUp', position: '' };
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      },
    };
    const leases = { acquire: async () => new AbortController().signal, release: async () => undefined };
    const running = new StoreSubscription(partsOf(silent, log), leases, {});
    await new Promise((resolve) => setImmediate(resolve));
    await running.stop();
    expect(lines).toMatchObject([{ event: 'feed.consumer.paused', consumer, code: 'STORE_UNAVAILABLE' }]);
  });
});

describe('a reader that waits for room', () => {
  it('leaves nothing behind, however often its wait ends without any', async () => {
    const full = new CaseConsumer(partsOf(createMemoryEventStore()), { window: 0 });
    const waits = [full.room(1), full.room(1)];
    expect(full).toHaveProperty('roomWaiters.size', 2);
    await Promise.all(waits);
    expect(full).toHaveProperty('roomWaiters.size', 0);
  });

  it('goes on at once when the consumer stops', async () => {
    const full = new CaseConsumer(partsOf(createMemoryEventStore()), { window: 0 });
    const waits = full.room(60_000);
    await full.stop();
    await waits;
    expect(full).toHaveProperty('roomWaiters.size', 0);
  });
});
