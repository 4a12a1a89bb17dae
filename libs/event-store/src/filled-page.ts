import { type RecordedEvent } from './event-store.port';
import { limits } from './json/event-checks';

/** At most `limit` events, and no more after those whose bodies fill a page. */
export function filledPage(events: readonly RecordedEvent[], limit: number): readonly RecordedEvent[] {
  let characters = 0;
  const last = events.findIndex(({ data, metadata }) => {
    characters += data.length + metadata.length;
    return characters >= limits.bytesPerPage;
  });
  return events.slice(0, last === -1 ? limit : Math.min(limit, last + 1));
}
