import { caseIdOf, caseStream } from '@balagh/case-events';
import { type EventStore, type Position, type Streams } from '@balagh/event-store';
import { caseRowOf } from '../domain/case-row';
import { type CaseRows } from './case-rows.port';
import { type LiveUpdates } from './live-updates';

/** The read side has not caught up with the store yet; delivered again later. */
export class CaseBehindFeed extends Error {
  readonly retriable = true;
  readonly code = 'CASE_BEHIND_FEED';
}

/** Keeps the work lists: every message folds the whole case again and writes its row. Repeating it is harmless. */
export class ProjectCase {
  constructor(
    private readonly store: EventStore,
    private readonly streams: Streams,
    private readonly rows: CaseRows,
    private readonly live: LiveUpdates,
  ) {}

  /** @returns the revision that was read. @throws CaseBehindFeed when the store does not show `atLeastRevision` yet */
  async project(caseId: string, atLeastRevision = 0): Promise<{ upTo: number }> {
    const { events } = await this.streams.load(caseStream(caseId));
    if (events.length <= atLeastRevision)
      throw new CaseBehindFeed(`${events.length} events, ${atLeastRevision} expected`);
    const row = caseRowOf(events);
    if (row !== undefined && (await this.rows.put(row))) this.live.announce(row);
    return { upTo: events.length - 1 };
  }

  /** Writes the row of every case again, while the feed goes on. Answers how many cases there are. */
  async rebuild(): Promise<number> {
    let cases = 0;
    let after: Position | undefined;
    for (;;) {
      const filter = { types: ['CaseOpened'], categories: ['case'] };
      const page = await this.store.readAll({
        filter,
        limit: 500,
        ...(after === undefined ? {} : { after }),
      });
      for (const { stream } of page.events) {
        const caseId = caseIdOf(stream);
        if (caseId === undefined) continue;
        await this.project(caseId);
        cases += 1;
      }
      if (page.caughtUp || page.checkpoint === after) return cases;
      after = page.checkpoint;
    }
  }
}
