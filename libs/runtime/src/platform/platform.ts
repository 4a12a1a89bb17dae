import { type Clock } from '../clock';
import { type EventFeed } from '@balagh/event-feed';
import { type EventStore, type Streams } from '@balagh/event-store';
import { type Privacy } from '@balagh/privacy';
import { type Profiles } from '@balagh/profile';
import { type Logger } from 'pino';
import { type Pool } from 'pg';

/** What every service stands on; made once per process by `PlatformModule.forService`, closed on shutdown. */
export interface Platform {
  readonly service: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Own schema, own role; nobody else's tables. */
  readonly database: Pool;
  readonly eventStore: EventStore;
  /** Bound to this service's event types. */
  readonly streams: Streams;
  readonly feed: EventFeed;
  readonly privacy: Privacy;
  readonly profiles: Profiles;
}

/** Nest injection token of the `Platform`. */
export const PLATFORM = Symbol('balagh.platform');
