import { type FeedLog } from '../feed-log';
import { faultCode } from './fault';

const everyMs = 60_000;

/**
 * Logs that the reads of a subscription fail: the first, then at most one a minute with their number since the line before, `failures`.
 * For `SubscribeOptions.onRetry`. `fields`: the line's event name, and who reads. `now`: milliseconds of a clock that never goes back.
 */
export function failingReads(
  log: FeedLog,
  fields: Readonly<Record<string, string>>,
  now: () => number = () => performance.now(),
): (error: unknown, pauseMs: number) => void {
  let failures = 0;
  let quietUntil = Number.NEGATIVE_INFINITY;
  return (err, retryInMs) => {
    failures += 1;
    if (now() < quietUntil) return;
    log.warn({ ...fields, failures, retryInMs, code: faultCode(err), err });
    quietUntil = now() + everyMs;
    failures = 0;
  };
}
