/** Lets subscriptions sleep until something was appended that may concern them; a signal before the sleep is not lost. */
export interface WakeUp {
  /** Something was appended: events of these types, or, without types, whatever. */
  signal(types?: readonly string[]): void;
  /** Counts signals; hand it to `wait` to sleep only if none came since that may concern the sleeper. */
  readonly count: () => number;
  /**
   * Resolves at the next signal after `since` that may concern a reader of these types (absent: of all), after `maxMs`, or when
   * aborted. Never rejects.
   */
  wait(since: number, maxMs: number, signal: AbortSignal, types?: readonly string[]): Promise<void>;
}

/** Types beyond that are not told apart. */
const mostTypes = 1_000;

export function createWakeUp(): WakeUp {
  let count = 0;
  /** Number of the last signal that named the type, and of the last that named none. */
  const lastOf = new Map<string, number>();
  let lastOfAny = 0;
  const sleepers = new Set<() => void>();
  const concerns = (since: number, types: readonly string[] | undefined): boolean =>
    types === undefined
      ? since !== count
      : lastOfAny > since || types.some((type) => (lastOf.get(type) ?? 0) > since);
  return {
    signal(types) {
      count += 1;
      if (types === undefined || lastOf.size + types.length > mostTypes) {
        lastOf.clear();
        lastOfAny = count;
      } else for (const type of types) lastOf.set(type, count);
      for (const wake of [...sleepers]) wake();
    },
    count: () => count,
    wait: (since, maxMs, signal, types) =>
      new Promise((resolve) => {
        if (concerns(since, types) || signal.aborted) return resolve();
        const done = (): void => {
          sleepers.delete(wake);
          clearTimeout(timer);
          signal.removeEventListener('abort', done);
          resolve();
        };
        const wake = (): void => {
          if (concerns(since, types)) done();
        };
        const timer = setTimeout(done, maxMs);
        signal.addEventListener('abort', done, { once: true });
        sleepers.add(wake);
      }),
  };
}
