import { v5, validate } from 'uuid';
import { InvalidEvent } from '../event-store.errors';

/** Id of the event at `index` (from 0) among those that one command leads to: the same whenever it is computed. */
export function commandEventId(commandId: string, index: number): string {
  if (!validate(commandId)) throw new InvalidEvent('command id is not a UUID');
  return v5(String(index), commandId);
}
