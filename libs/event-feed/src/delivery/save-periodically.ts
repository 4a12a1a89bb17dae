/**
 * Calls `save` on this interval and once more at the end, never twice at a time; a failure is told and tried again at the
 * next turn.
 */
export function savePeriodically(
  everyMs: number,
  save: () => Promise<void>,
  failed: (error: unknown) => void,
): { end(): Promise<void> } {
  let saving: Promise<void> = Promise.resolve();
  let waiting = 0;
  const next = (): Promise<void> => {
    waiting += 1;
    saving = saving
      .then(save)
      .catch(failed)
      .finally(() => (waiting -= 1));
    return saving;
  };
  const timer = setInterval(() => (waiting === 0 ? void next() : undefined), everyMs);
  return {
    end: () => {
      clearInterval(timer);
      return next();
    },
  };
}
