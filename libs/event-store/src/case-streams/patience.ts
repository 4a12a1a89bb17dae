import { DeadlineExceeded, Unavailable } from '../event-store.errors';
import { type Patience } from './case-streams';

/**
 * Sends the identical append again while its outcome is unknown or the store is away, within the bounds. Safe: the event
 * ids and the expectation make every further copy a replay.
 * @throws the last fault when patience ends; any other error at once
 */
export async function sendUntilAnswered<T>(send: () => Promise<T>, patience: Patience): Promise<T> {
  const end = Date.now() + patience.withinMs;
  for (let sent = 1; ; sent += 1) {
    try {
      return await send();
    } catch (error) {
      const unanswered = error instanceof DeadlineExceeded || error instanceof Unavailable;
      const wait = patience.pauseMs * 2 ** (sent - 1);
      if (!unanswered || sent >= patience.sends || Date.now() + wait > end) throw error;
      await pause(wait);
    }
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
