/** Lets subscriptions sleep until something was appended; a signal before the sleep is not lost. */
export interface WakeUp {
  signal(): void;
  /** Counts signals; hand it to `wait` to sleep only if none came since. */
  readonly count: () => number;
  /** Resolves at the next signal after `since`, after `maxMs`, or when aborted. Never rejects. */
  wait(since: number, maxMs: number, signal: AbortSignal): Promise<void>;
}

export function createWakeUp(): WakeUp {
  let count = 0;
  const sleepers = new Set<() => void>();
  return {
    signal() {
      count += 1;
      for (const wake of [...sleepers]) wake();
    },
    count: () => count,
    wait: (since, maxMs, signal) =>
      new Promise((resolve) => {
        if (since !== count || signal.aborted) return resolve();
        const done = (): void => {
          sleepers.delete(done);
          clearTimeout(timer);
          signal.removeEventListener('abort', done);
          resolve();
        };
        const timer = setTimeout(done, maxMs);
        signal.addEventListener('abort', done, { once: true });
        sleepers.add(done);
      }),
  };
}
