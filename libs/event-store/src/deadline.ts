import { type CallOptions } from './event-store.port';

/** The end of one call, from its options. `passed` rejects with `DeadlinePassed` at the deadline or when the caller aborts. */
export interface Deadline {
  readonly passed: Promise<never>;
  /** Milliseconds left, at least 1. */
  remainingMs(): number;
  /** The work's outcome, or `DeadlinePassed`; a late failure of the work is swallowed. */
  race<T>(work: Promise<T>): Promise<T>;
  stop(): void;
}

export class DeadlinePassed extends Error {}

export const defaultDeadlineMs = 10_000;

export function startDeadline({ deadlineMs = defaultDeadlineMs, signal }: CallOptions): Deadline {
  const end = performance.now() + deadlineMs;
  let stop = (): void => undefined;
  const passed = new Promise<never>((_, refuse) => {
    const pass = (): void => refuse(new DeadlinePassed());
    const timer = setTimeout(pass, deadlineMs);
    signal?.addEventListener('abort', pass, { once: true });
    if (signal?.aborted === true) pass();
    stop = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', pass);
    };
  });
  passed.catch(() => undefined);
  return {
    passed,
    remainingMs: () => Math.max(1, Math.ceil(end - performance.now())),
    race: (work) => {
      work.catch(() => undefined);
      return Promise.race([work, passed]);
    },
    stop: () => stop(),
  };
}
