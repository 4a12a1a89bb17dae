const withinMs = 300_000;
const everyMs = 50;
const inARow = 3;

/**
 * Waits until every consumer of every service has handled everything. @returns when the first of three looks in a row found it
 * so (`performance.now()`), and how many cases are parked
 */
export async function caughtUp(endpoints) {
  let since;
  let looks = 0;
  let last;
  for (const end = performance.now() + withinMs; performance.now() < end; await pause(everyMs)) {
    const at = performance.now();
    last = await Promise.all(Object.values(endpoints.http).map((url) => readiness(url)));
    if (last.some((report) => report === undefined || !isQuiet(report))) {
      [since, looks] = [undefined, 0];
      continue;
    }
    since ??= at;
    looks += 1;
    if (looks === inARow) return since;
  }
  throw new Error(`consumers did not catch up within ${withinMs / 1_000} s: ${JSON.stringify(last)}`);
}

const isQuiet = ({ ready, feed, consumers }) =>
  ready && feed === 'up' && Object.values(consumers).every(({ lag, parked }) => lag === 0 && parked === 0);

async function readiness(url) {
  try {
    return await (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(15_000) })).json();
  } catch {
    return undefined;
  }
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
