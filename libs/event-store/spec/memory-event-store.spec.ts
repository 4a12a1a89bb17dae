import { createMemoryEventStore } from '../src/memory/memory-event-store.adapter';
import { eventStoreContract } from './event-store.contract';
import { collect } from './contract-events';

eventStoreContract('the memory store', {
  open: () => Promise.resolve(createMemoryEventStore()),
  many: 100_000,
});

it('an empty store says that it caught up', async () => {
  expect(await collect(createMemoryEventStore(), {}, (seen) => seen.length === 1)).toEqual([
    { kind: 'caughtUp', position: '' },
  ]);
});
