import { createMemoryEventStore } from '../src/memory/memory-event-store.adapter';
import { eventStoreContract } from './event-store.contract';

const open = () => Promise.resolve(createMemoryEventStore());

eventStoreContract('the memory store', { open, empty: open, programs: 2_000 });
