import { type EventStore } from '@balagh/event-store';
import { eventually } from '@balagh/testing';
import { type ConsumerLimits, type EventFeed, type FeedLog, type MemoryFeed, createMemoryFeed } from '../src';

/** One adapter, ready to be put through the contract. */
export interface FeedBench {
  /** What is appended here gets published. */
  readonly store: EventStore;
  /** A replica of the one service under test. */
  replica(limits?: ConsumerLimits): EventFeed;
  /** Lets messages flow until the probe holds. */
  until(probe: () => boolean | Promise<boolean>): Promise<void>;
  /** Lets messages flow for as long as a wrong one would need to show up. */
  settle(): Promise<void>;
  /** Stable names of what was logged. */
  readonly logged: readonly string[];
  close(): Promise<void>;
}

export interface BenchOptions {
  /** Each message comes this many times. Default 1. */
  readonly times?: number;
}

/** The store seen through a delivery that repeats every event; ids and positions stay. */
export function repeating(store: EventStore, times: number): EventStore {
  if (times === 1) return store;
  return {
    append: (...call) => store.append(...call),
    readStream: (...call) => store.readStream(...call),
    readAll: async (options) => {
      const page = await store.readAll(options);
      return { ...page, events: page.events.flatMap((event) => Array.from({ length: times }, () => event)) };
    },
    subscribe: async function* (options) {
      for await (const item of store.subscribe(options)) {
        for (let n = 0; n < (item.kind === 'event' ? times : 1); n += 1) yield item;
      }
    },
    close: () => store.close(),
  };
}

export function recordingLog(): { readonly log: FeedLog; readonly logged: string[] } {
  const logged: string[] = [];
  const note = (fields: Readonly<Record<string, unknown>>): void => void logged.push(String(fields['event']));
  return { logged, log: { debug: () => undefined, info: note, warn: note, error: note } };
}

export const polling = {
  until: async (probe: () => boolean | Promise<boolean>): Promise<void> => {
    await eventually(probe, { deadlineMs: 25_000, everyMs: 10 });
  },
  settle: () => new Promise<void>((resolve) => setTimeout(resolve, 400)),
};

/** Replicas of the memory feed share nothing: the same feed is handed out again. */
export function memoryBench(store: EventStore, { times = 1 }: BenchOptions): FeedBench {
  let feed: MemoryFeed | undefined;
  const { logged } = recordingLog();
  const drain = async (): Promise<void> => feed?.drain().catch(() => undefined);
  return {
    store,
    logged,
    replica: ({ pick } = {}) =>
      (feed ??= createMemoryFeed(repeating(store, times), pick === undefined ? {} : { pick })),
    until: async (probe) => {
      await eventually(async () => drain().then(probe), { deadlineMs: 5_000, everyMs: 1 });
    },
    settle: drain,
    close: async () => {
      await feed?.close();
      await store.close();
    },
  };
}
