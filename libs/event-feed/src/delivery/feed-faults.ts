import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { PermanentFault, type Subscription } from '../event-feed.port';
import { type FeedLog, silentLog } from '../feed-log';

/**
 * Faults of a feed that a drill asks for; never part of a real installation. All of them are within what the port promises
 * (at least once, order per case and topic), so nobody may notice their effects.
 */
export interface FeedFaults {
  /** After how many milliseconds this message comes once more, as after a take-over; undefined: not at all. */
  repeatAfterMs(): number | undefined;
  /** Which topic's waiting message of a case goes next; undefined: the one that came first. */
  pick(topics: readonly unknown[]): number | undefined;
  /** The handler as the drill wants it: late for some messages, refusing poisoned cases. */
  around(subscription: Subscription): Subscription['handle'];
}

/** Shares lie between 0 and 1, times are milliseconds up to one minute. */
const faultsSchema = z.strictObject({
  /** Share of messages that come twice, the second time after newer ones. */
  duplicates: z.number().min(0).max(1).default(0),
  /** Share of messages that are handled late; other cases and topics overtake them. */
  delays: z.number().min(0).max(1).default(0),
  delayMs: z.number().int().min(0).max(60_000).default(1_000),
  /** Messages of a case on several topics are handled in any order of the topics. */
  shuffled: z.boolean().default(false),
  /** Consumers that refuse a case for good. */
  poisoned: z.array(z.strictObject({ consumer: z.string(), caseId: z.string() })).default([]),
});
export type FeedFaultSettings = z.input<typeof faultsSchema>;

export const POISONED = 'POISONED_BY_DRILL';

const none = faultsSchema.parse({});

/**
 * Reads the faults from a JSON file, anew whenever it changed: a drill turns them on and off while everything runs. A
 * file that is missing or half written asks for nothing.
 */
export function feedFaultsOf(
  file: string,
  { random = Math.random, log = silentLog }: { random?: () => number; log?: FeedLog } = {},
): FeedFaults {
  let [read, settings] = [-1, none];
  const now = (): z.output<typeof faultsSchema> => {
    const changed = changedAt(file);
    if (changed !== read) [read, settings] = [changed, settingsOf(file)];
    return settings;
  };
  /** One line per disturbed message: the drill counts them, so that a fault that never happened is noticed. */
  const told = <T>(kind: 'repeated' | 'late' | 'out-of-turn', value: T): T => {
    log.info({ event: 'feed.fault.injected', kind });
    return value;
  };
  return {
    repeatAfterMs: () =>
      random() < now().duplicates ? told('repeated', Math.ceil(random() * (now().delayMs + 1))) : undefined,
    pick: (topics) => {
      if (!now().shuffled) return undefined;
      const picked = Math.floor(random() * topics.length);
      return picked === 0 ? picked : told('out-of-turn', picked);
    },
    around:
      ({ consumer, handle }) =>
      async (message, delivery) => {
        const { poisoned, delays, delayMs } = now();
        if (poisoned.some((p) => p.consumer === consumer && p.caseId === message.subject))
          throw new PermanentFault(POISONED);
        if (random() < delays)
          await new Promise((resolve) => setTimeout(resolve, told('late', random() * delayMs)));
        return handle(message, delivery);
      },
  };
}

function changedAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? -1;
}

function settingsOf(file: string): z.output<typeof faultsSchema> {
  try {
    return faultsSchema.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data ?? none;
  } catch {
    return none;
  }
}
