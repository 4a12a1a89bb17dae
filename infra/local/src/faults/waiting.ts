export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks until the answer is yes; a fault of the question is a no. @throws naming what did not come, with the last fault */
export async function until(
  what: string,
  probe: () => Promise<boolean> | boolean,
  deadlineMs: number,
): Promise<void> {
  let last: unknown;
  for (const end = Date.now() + deadlineMs; Date.now() < end; await pause(200)) {
    try {
      if (await probe()) return;
      last = undefined;
    } catch (error) {
      last = error;
    }
  }
  throw new Error(`${what} did not come within ${deadlineMs / 1000} s`, { cause: last });
}
