import { type Clock } from '../clock';
import { type ServiceConfig } from '../config/service-config';
import { type EventFeed, type ParkedCase } from '@balagh/event-feed';
import { type EventStore, type Streams } from '@balagh/event-store';
import { type Privacy } from '@balagh/privacy';
import { type Profiles } from '@balagh/profile';
import { type Logger } from 'pino';
import { type Pool } from 'pg';

/** What every service stands on; made once per process by `createPlatform`, closed on shutdown. */
export interface Platform {
  readonly service: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Absent on the platforms of specifications. */
  readonly config?: ServiceConfig;
  /** Own schema, own role; nobody else's tables. */
  readonly database: Pool;
  readonly eventStore: EventStore;
  /** Bound to this service's event types. */
  readonly streams: Streams;
  readonly feed: EventFeed;
  readonly privacy: Privacy;
  readonly profiles: Profiles;
}

/** A platform that was started, with what only the process itself needs. */
export interface RunningPlatform extends Platform {
  readonly config: ServiceConfig;
  readonly health: PlatformHealth;
  /** Absent on the platforms of specifications. */
  readonly consumers?: PlatformConsumers;
  /** Stops the feed's consumers and the relay; what they are handling is finished first. */
  stopFeed(): Promise<void>;
  /** Closes everything; repeating it is harmless. */
  close(): Promise<void>;
}

/** The feed's consumers of this process, for operators. */
export interface PlatformConsumers {
  /** The parked cases of all consumers, oldest first. */
  parkedCases(): Promise<readonly ParkedCase[]>;
  /**
   * Hands a parked case's messages to its consumer again, in order; done at once when it is not parked.
   * @throws Rejected (missing) for a consumer that this process does not run; RedriveInProgress; the handler's fault
   */
  redrive(consumer: string, caseId: string): Promise<void>;
}

export interface PlatformHealth {
  /** Asks the pools of the database, the tables' among them, the store, and every subscription for its lag; bounded to two seconds. Never throws. */
  check(): Promise<HealthReport>;
}

export interface HealthReport {
  /** Commands and pages can be answered. The feed is not needed for that: what others published waits for this service. */
  readonly ready: boolean;
  readonly database: 'up' | 'down';
  readonly eventStore: 'up' | 'down';
  /** `down` while some consumer’s lag is unknown. Absent on the platforms of specifications. */
  readonly feed?: 'up' | 'down';
  /** Messages not yet handled and parked cases per consumer; null when unknown. */
  readonly consumers: Readonly<
    Record<string, { readonly lag: number | null; readonly parked: number | null }>
  >;
}

/** Nest injection token of the `Platform`. */
export const PLATFORM = Symbol('balagh.platform');
