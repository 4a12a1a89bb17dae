const firstMs = 100;
const capMs = 5_000;

/** Milliseconds to wait after the n-th failure in a row (from 1): 100 ms, doubling, at most 5 s. */
export const backOffMs = (failures: number): number =>
  Math.min(capMs, firstMs * 2 ** Math.min(failures - 1, 10));

/** Waits; ends early, without an error, when the signal aborts. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}

/** Waits for the work, but not longer than this; false when the time passed first. The work's error passes through. */
export async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  return Promise.race([work.then(() => true), late]).finally(() => clearTimeout(timer));
}
