// Plays whole cases against a running system: in a process of its own, so that what it uses is not taken for the system's.
import { readFileSync } from 'node:fs';
import { serveOrders } from './child.mjs';
import { openDesk } from './desk.mjs';
import { playCase, smallestPhoto } from './play-case.mjs';

const mostFailures = 20;
let desk;

/**
 * A closed loop: `concurrency` cases under way, each followed by the next, until `cases` have begun or `seconds` have passed;
 * resolves when all that began have ended.
 */
async function play(
  { cases = Number.POSITIVE_INFINITY, seconds, concurrency, photos, photo, lookEveryMs },
  progress,
) {
  const end = seconds === undefined ? Number.POSITIVE_INFINITY : performance.now() + seconds * 1_000;
  const evidence = Array(photos).fill(photo === undefined ? smallestPhoto : readFileSync(photo));
  desk.lookEvery(lookEveryMs);
  const done = [];
  const failures = [];
  let begun = 0;
  const line = async () => {
    while (begun < cases && performance.now() < end && failures.length < mostFailures) {
      begun += 1;
      try {
        done.push(await playCase(desk, evidence));
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error));
      }
    }
  };
  const telling = setInterval(() => progress({ closed: done.length, failed: failures.length }), 5_000);
  try {
    await Promise.all(Array.from({ length: concurrency }, line));
  } finally {
    clearInterval(telling);
  }
  return { done, failures };
}

serveOrders(
  {
    open: async ({ endpoints }) => {
      desk = await openDesk(endpoints);
    },
    play,
  },
  async () => desk?.close(),
);
