import { DeadlinePassed } from '../deadline';
import { DeadlineExceeded, EventStoreError, InvalidEvent, Unavailable } from '../event-store.errors';

/** The client's own names of what went wrong (`type`), and those of its native reader (`name`). */
function kindOf(error: unknown): string {
  const { type, name } = error as { type?: unknown; name?: unknown };
  return typeof type === 'string' ? type : String(name);
}

export const isWrongRevision = (error: unknown): boolean => kindOf(error) === 'wrong-expected-version';

export const isMissingStream = (error: unknown): boolean =>
  ['StreamNotFoundError', 'StreamDeletedError', 'stream-not-found', 'stream-deleted'].includes(kindOf(error));

/** Reads change nothing: whatever kept the answer away, they may be repeated. Refusals of rights pass as they are. */
export function readFault(error: unknown): unknown {
  if (error instanceof EventStoreError || error instanceof TypeError) return error;
  if (error instanceof DeadlinePassed)
    return new DeadlineExceeded('the event store did not answer in time', { cause: error });
  if (['access-denied', 'AccessDeniedError'].includes(kindOf(error))) return error;
  return new Unavailable('the event store could not be read', { cause: error });
}

/** Nothing was sent when no connection came about; everything else may have arrived. */
const neverSent = /no connection established|ECONNREFUSED|name resolution failed|ENOTFOUND/i;

/** Names faults of an append by what the caller may conclude: written surely not, or unknown. */
export function appendFault(error: unknown): unknown {
  if (error instanceof EventStoreError || error instanceof TypeError) return error;
  if (error instanceof DeadlinePassed)
    return new DeadlineExceeded('the event store did not answer in time', { cause: error });
  const text = error instanceof Error ? error.message : '';
  switch (kindOf(error)) {
    case 'not-leader':
      return new Unavailable('the event store has another leader now', { cause: error });
    case 'maximum-append-size-exceeded':
    case 'transaction-max-size-exceeded':
      return new InvalidEvent('larger than this event store takes', { cause: error });
    case 'access-denied':
    case 'invalid-argument':
      return error;
    case 'unavailable':
      if (neverSent.test(text)) return new Unavailable('no connection to the event store', { cause: error });
      break;
    default:
      break;
  }
  return new DeadlineExceeded('the outcome of the append is unknown', { cause: error });
}
