import { createMemoryEventStore } from '../src/memory/memory-event-store.adapter';
import { eventStoreContract } from './event-store.contract';

eventStoreContract('the memory store', () => Promise.resolve(createMemoryEventStore()));
