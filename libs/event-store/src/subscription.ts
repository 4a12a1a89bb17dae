import { promisify } from 'node:util';
import {
  type Position,
  type ReadAllOptions,
  type ReadAllResult,
  START,
  type SubscribeOptions,
  type SubscriptionItem,
} from './event-store.port';
import { type WakeUp } from './wake-up';

interface Followed {
  readonly readAll: (options: ReadAllOptions) => Promise<ReadAllResult>;
  /** Reads the same, quicker where pages are full; used while the reader is behind. Default `readAll`. */
  readonly catchUp?: (options: ReadAllOptions) => Promise<ReadAllResult>;
  readonly wakeUp: WakeUp;
  /** Longest sleep between two reads when nothing signals, in milliseconds. */
  readonly pollMs: () => number;
  /** Milliseconds without an answer after which a read is given up and repeated. Default 5,000. */
  readonly silenceMs?: number;
}

interface Fetched {
  /** Signals before the read began: what came later may not be in the page. */
  readonly since: number;
  readonly page: Promise<ReadAllResult | undefined>;
  /** Milliseconds until the page was there. */
  readonly tookMs: () => number;
}

const pageSize = 500;
/** A reader that is behind asks for pages of about so many characters, with at most so many events: long events come in small pages. */
const [pageCharacters, longestPage, shortestPage] = [600_000, 1_000, 8];
const maxPauseMs = 5_000;
/**
 * A reader that has caught up rests before it reads again: as many times as long as its last read took as that read brought events, and once
 * more; but not more often than that many times, nor longer than so many milliseconds. Where events are few, the rest is not felt; a busy store is read less
 * often, in fuller pages.
 */
const [mostRests, maxRestMs] = [12, 100];
const turn = promisify(setImmediate);

/**
 * Follows the global order page by page; while a page is handled the next one is fetched, never more. A read that fails is
 * repeated with a pause that doubles up to five seconds, until it succeeds or the signal aborts; each time for a quarter as many events,
 * because a page may have been more than the line carries in time.
 */
export async function* follow(
  options: SubscribeOptions,
  followed: Followed,
): AsyncGenerator<SubscriptionItem> {
  const { signal, filter, gatherMs = 0 } = options;
  const { wakeUp, silenceMs = 5_000 } = followed;
  const fetch = (after: Position, read: Followed['readAll'], limit = pageSize): Fetched => {
    const [since, started] = [wakeUp.count(), performance.now()];
    const request = { after, signal, deadlineMs: silenceMs, ...(filter === undefined ? {} : { filter }) };
    const page = readPatiently(
      (failures) => read({ ...request, limit: Math.max(1, Math.floor(limit / 4 ** failures)) }),
      options,
    );
    // Nobody may be left to hear of it when the consumer went away.
    let tookMs = 0;
    page.then(
      () => (tookMs = performance.now() - started),
      () => undefined,
    );
    return { since, page, tookMs: () => tookMs };
  };
  let after: Position = options.after ?? START;
  let announced = false;
  let next: Fetched | undefined;
  while (!signal.aborted) {
    const fetched = next ?? fetch(after, followed.readAll);
    const page = await fetched.page;
    if (page === undefined) return;
    next = page.caughtUp
      ? undefined
      : fetch(page.checkpoint, followed.catchUp ?? followed.readAll, nextLimit(page.events));
    // Handling a page may never leave the microtasks: without a turn the request for the next one would leave after it.
    if (next !== undefined) await turn();
    for (const event of page.events) {
      if (signal.aborted) return;
      yield { kind: 'event', event };
    }
    const moved = page.checkpoint !== after;
    after = page.checkpoint;
    if (moved && page.events.at(-1)?.position !== after) yield { kind: 'checkpoint', position: after };
    if (!page.caughtUp) continue;
    if (moved || !announced) yield { kind: 'caughtUp', position: after };
    announced = true;
    const rests = Math.min(1 + page.events.length, mostRests);
    await sleep(Math.min(fetched.tookMs() * rests, maxRestMs), signal);
    await wakeUp.wait(fetched.since, followed.pollMs(), signal, filter?.types);
    if (gatherMs > 0) await sleep(gatherMs, signal);
  }
}

/** How many events the next page may have, judged by this one. */
function nextLimit(events: ReadAllResult['events']): number {
  if (events.length === 0) return pageSize;
  let characters = 0;
  for (const { data, metadata } of events) characters += data.length + metadata.length;
  const fitting = Math.floor((pageCharacters * events.length) / characters);
  return Math.max(shortestPage, Math.min(longestPage, fitting));
}

async function readPatiently(
  read: (failures: number) => Promise<ReadAllResult>,
  { signal, onRetry }: SubscribeOptions,
): Promise<ReadAllResult | undefined> {
  let pause = 50;
  for (let failures = 0; !signal.aborted; failures += 1, pause = Math.min(pause * 2, maxPauseMs)) {
    try {
      return await read(failures);
    } catch (error) {
      if (signal.aborted) return undefined;
      if ((error as { retriable?: unknown }).retriable === false) throw error;
      onRetry?.(error, pause);
      await sleep(pause, signal);
    }
  }
  return undefined;
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
