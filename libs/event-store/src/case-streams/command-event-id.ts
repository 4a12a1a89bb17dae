import { namedUuid } from '@balagh/case-events';
import { InvalidEvent } from '../event-store.errors';

/**
 * Id of the event at `index` (from 0) among those that one command leads to: the same whenever it is computed.
 * @throws InvalidEvent when the command's id is no UUID
 */
export function commandEventId(commandId: string, index: number): string {
  try {
    return namedUuid(commandId, String(index));
  } catch (cause) {
    throw new InvalidEvent('command id is not a UUID', { cause });
  }
}
