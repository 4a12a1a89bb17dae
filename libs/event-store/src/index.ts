export * from './event-store.port';
export * from './event-store.errors';
export { encodeJson } from './json/encode-json';
export { categoryOf, limits } from './json/event-checks';
export * from './case-streams/case-streams';
export * from './case-streams/chain';
export { commandEventId } from './case-streams/command-event-id';
export { createStreams } from './case-streams/streams';
export { readWholeStream } from './case-streams/stream-memory';
export { createMemoryEventStore } from './memory/memory-event-store.adapter';
export {
  createPostgresEventStore,
  type PostgresEventStoreOptions,
} from './postgres/postgres-event-store.adapter';
export {
  createKurrentDbEventStore,
  type KurrentDbEventStoreOptions,
} from './kurrentdb/kurrentdb-event-store.adapter';
export * from './open-event-store';
export { migrateEventStore } from './postgres/migrate-event-store';
