import { createMemoryEventStore } from '@balagh/event-store';
import { createMemoryFeed } from '../src';
import { createMemoryProgress } from '../src/progress/memory-progress.adapter';
import { caseNumber, happen } from './case-story';
import { eventFeedContract } from './event-feed.contract';
import { parkedCasesContract } from './parked-cases.contract';
import { memoryBench } from './feed-bench';
import { feedProgressContract } from './feed-progress.contract';

eventFeedContract('the memory feed', async (options) => memoryBench(createMemoryEventStore(), options), {
  replicas: false,
});
parkedCasesContract('the memory feed', async (options) => memoryBench(createMemoryEventStore(), options), {
  replicas: false,
});

feedProgressContract('progress in memory', async () => createMemoryProgress('dispatch.specification'));

describe('draining the memory feed', () => {
  it('delivers what handlers publish meanwhile, until all is quiet', async () => {
    const store = createMemoryEventStore();
    const feed = createMemoryFeed(store);
    const handled: string[] = [];
    await feed.subscribe({
      consumer: 'routing.specification',
      topics: ['case.intake'],
      handle: async ({ subject }) => {
        handled.push('routing');
        await happen(store, subject, 'JurisdictionAssessed');
      },
    });
    await feed.subscribe({
      consumer: 'dispatch.specification',
      topics: ['case.routing'],
      handle: async ({ subject }) => {
        handled.push('dispatch');
        if (handled.length < 4) await happen(store, subject, 'RequiredFieldsMissing');
      },
    });
    await happen(store, caseNumber(1), 'CaseOpened');
    await feed.drain();
    expect(handled).toEqual(['routing', 'dispatch', 'routing', 'dispatch']);
  });

  it('is refused with the retriable fault of a handler, and the next drain delivers that message again', async () => {
    const store = createMemoryEventStore();
    const feed = createMemoryFeed(store);
    const attempts: number[] = [];
    await feed.subscribe({
      consumer: 'routing.specification',
      topics: ['case.intake'],
      handle: async (_, { attempt }) => {
        attempts.push(attempt);
        if (attempt === 1) throw new Error('away');
      },
    });
    await happen(store, caseNumber(1), 'CaseOpened');
    await expect(feed.drain()).rejects.toThrow('away');
    await feed.drain();
    expect(attempts).toEqual([1, 2]);
  });
});
