import { type SubscriptionItem } from '@balagh/event-store';
import { RelayBatches } from '../src/kafka/relay-batches';

const item = (n: number): SubscriptionItem => ({ kind: 'checkpoint', position: String(n).padStart(20, '0') });
const translate = ({ position }: { position?: string }) => ({ key: 'case', value: position ?? '' });

describe('what a relay sends in one request', () => {
  it('is the whole page that was read, not only its first event', async () => {
    async function* page(): AsyncGenerator<SubscriptionItem> {
      await new Promise((resolve) => setTimeout(resolve, 5));
      for (let n = 1; n <= 3; n += 1) yield item(n);
      await new Promise(() => undefined);
    }
    const { signal } = new AbortController();
    const batches = new RelayBatches(page(), (one) => translate(one as { position: string }), signal);
    const batch = await batches.next();
    expect(batch?.messages).toHaveLength(3);
    expect(batch?.end).toBe(String(3).padStart(20, '0'));
  });

  it('is nothing any more after an abort, and what was read before the end otherwise', async () => {
    async function* two(): AsyncGenerator<SubscriptionItem> {
      yield item(1);
      yield item(2);
    }
    const { signal } = new AbortController();
    const batches = new RelayBatches(two(), (one) => translate(one as { position: string }), signal);
    expect((await batches.next())?.messages).toHaveLength(2);
    expect(await batches.next()).toBeUndefined();
    const aborted = new AbortController();
    const none = new RelayBatches(two(), (one) => translate(one as { position: string }), aborted.signal);
    aborted.abort();
    expect(await none.next()).toBeUndefined();
  });
});
