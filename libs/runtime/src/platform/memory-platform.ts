import { type Author } from '@balagh/case-events';
import { createMemoryFeed } from '@balagh/event-feed';
import { createMemoryEventStore, createStreams } from '@balagh/event-store';
import { createMemoryPrivacy } from '@balagh/privacy';
import { type Profile, createStaticProfiles } from '@balagh/profile';
import { Pool } from 'pg';
import { type Clock, manualClock } from '../clock';
import { createLog } from '../logging/log';
import { type Platform } from './platform';
import { readOnlyStreams } from './without-rights';

export interface MemoryPlatformOptions {
  readonly service: string;
  readonly author?: Author;
  readonly profiles?: readonly Profile[];
  readonly clock?: Clock;
  /** Platforms of several services over one store and feed. */
  readonly beside?: Platform;
  /** Parts to use instead, e.g. a real database. */
  readonly parts?: Partial<Platform>;
}

/** The platform of specifications: everything in memory, a clock that stands still, a database that refuses. */
export function createMemoryPlatform(options: MemoryPlatformOptions): Platform {
  const { service, author, beside } = options;
  const clock = options.clock ?? beside?.clock ?? manualClock('2026-01-04T06:00:00.000Z');
  const eventStore = options.parts?.eventStore ?? beside?.eventStore ?? createMemoryEventStore();
  const now = (): string => clock.now().toISOString();
  return {
    service,
    clock,
    log: createLog({ service, level: 'silent' }),
    // Never connects: port 1 refuses at once, so a specification that needs a database says so by failing.
    database: new Pool({ host: '127.0.0.1', port: 1, max: 1, connectionTimeoutMillis: 500 }),
    eventStore,
    streams:
      author === undefined ? readOnlyStreams(eventStore, now) : createStreams(eventStore, { author, now }),
    feed: options.parts?.feed ?? beside?.feed ?? createMemoryFeed(eventStore),
    privacy: beside?.privacy ?? createMemoryPrivacy(),
    profiles: beside?.profiles ?? createStaticProfiles(options.profiles ?? []),
    ...options.parts,
  };
}
