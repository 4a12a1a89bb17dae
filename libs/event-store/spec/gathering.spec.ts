import { type Position, type ReadAllOptions, START, Unavailable } from '../src';
import { follow } from '../src/subscription';
import { createWakeUp } from '../src/wake-up';

const position = (n: number): Position => String(n).padStart(20, '0');

/** A store of which only the end is known, and how often it was read. */
function endless() {
  const wakeUp = createWakeUp();
  let end = 0;
  let reads = 0;
  const readAll = async ({ after = START }: ReadAllOptions) => {
    reads += 1;
    const checkpoint = end === 0 ? after : position(end);
    return { events: [], checkpoint, caughtUp: true };
  };
  return {
    followed: { readAll, wakeUp, pollMs: () => 60_000 },
    append: () => {
      end += 1;
      wakeUp.signal();
    },
    reads: () => reads,
  };
}

/** Reads of a reader that has caught up, while three events come, ten milliseconds apart. */
async function readsWhileThreeCome(gatherMs: number): Promise<number> {
  const store = endless();
  const controller = new AbortController();
  const reader = follow({ signal: controller.signal, gatherMs }, store.followed);
  await reader.next();
  const caughtUpWith = (async () => {
    for await (const item of reader) if (item.kind === 'caughtUp' && item.position === position(3)) return;
  })();
  // Its rest after the first read is over, and it sleeps.
  await new Promise((resolve) => setTimeout(resolve, 60));
  const before = store.reads();
  for (let i = 0; i < 3; i += 1) {
    store.append();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await caughtUpWith;
  controller.abort();
  return store.reads() - before;
}

describe('a reader that is behind', () => {
  it('asks for more events in a page when they are short, and for fewer when they are long', async () => {
    const asked: (number | undefined)[] = [];
    const lengths = [100, 20_000, 200_000, 100];
    const readAll = async ({ after = START, limit }: ReadAllOptions) => {
      asked.push(limit);
      const n = Number(after) + 1;
      const data = 'x'.repeat(lengths[n - 1] ?? 0);
      const event = {
        position: position(n),
        stream: 's',
        revision: n,
        id: '',
        type: 'T',
        data,
        metadata: '',
        storedAt: '',
      };
      return { events: [event], checkpoint: position(n), caughtUp: n === lengths.length };
    };
    const { signal } = new AbortController();
    const followed = { readAll, wakeUp: createWakeUp(), pollMs: () => 60_000 };
    for await (const item of follow({ signal }, followed)) if (item.kind === 'caughtUp') break;
    expect(asked).toEqual([500, 1_000, 30, 8]);
  });

  it('asks for fewer each time that a page fails, and for full ones again afterwards', async () => {
    const asked: (number | undefined)[] = [];
    const readAll = async ({ after = START, limit = 0 }: ReadAllOptions) => {
      asked.push(limit);
      if (after === START && limit > 10) throw new Unavailable('too much for this line');
      return { events: [], checkpoint: position(Number(after) + 1), caughtUp: after !== START };
    };
    const { signal } = new AbortController();
    const followed = { readAll, wakeUp: createWakeUp(), pollMs: () => 60_000 };
    for await (const item of follow({ signal }, followed)) if (item.kind === 'caughtUp') break;
    expect(asked).toEqual([500, 125, 31, 7, 500]);
  });

  it('tells of every read that failed, and how long it waits', async () => {
    const told: unknown[] = [];
    let failures = 0;
    const away = new Unavailable('away');
    const readAll = async ({ after = START }: ReadAllOptions) => {
      failures += 1;
      if (failures <= 2) throw away;
      return { events: [], checkpoint: after, caughtUp: true };
    };
    const { signal } = new AbortController();
    const onRetry = (error: unknown, pauseMs: number) => told.push([error, pauseMs]);
    const followed = { readAll, wakeUp: createWakeUp(), pollMs: () => 60_000 };
    for await (const item of follow({ signal, onRetry }, followed)) if (item.kind === 'caughtUp') break;
    expect(told).toEqual([
      [away, 50],
      [away, 100],
    ]);
  });
});

describe('a reader whose events may wait for others', () => {
  it('reads once for events that come soon after each other', async () => {
    expect(await readsWhileThreeCome(500)).toBe(1);
  });

  it('reads for each of them otherwise', async () => {
    expect(await readsWhileThreeCome(0)).toBeGreaterThan(1);
  });

  it('ends at once when it is aborted while it waits', async () => {
    const store = endless();
    const controller = new AbortController();
    const reader = follow({ signal: controller.signal, gatherMs: 60_000 }, store.followed);
    await reader.next();
    const next = reader.next();
    await new Promise((resolve) => setTimeout(resolve, 60));
    store.append();
    await new Promise((resolve) => setTimeout(resolve, 10));
    controller.abort();
    // Nothing may come, or the last page once more; what counts is that it ends.
    await next;
    expect((await reader.next()).done).toBe(true);
  });
});
