import { type StoredEvent, caseIdOf, caseStream } from '@balagh/case-events';
import { type EventStore, type Position, type Streams } from '@balagh/event-store';
import { caseRowOf } from '../domain/case-row';
import { type CaseRows } from './case-rows.port';
import { type LiveUpdates } from './live-updates';

/** Keeps the work lists: every message folds the whole case again and writes its row. Repeating it is harmless. */
export class ProjectCase {
  constructor(
    private readonly store: EventStore,
    private readonly streams: Streams,
    private readonly rows: CaseRows,
    private readonly live: LiveUpdates,
  ) {}

  /** @returns the revision that was read. @throws RevisionNotReached (retriable) when the store does not show that revision yet */
  async project(caseId: string, atLeastRevision: number): Promise<{ upTo: number }> {
    return this.write((await this.streams.loadReaching(caseStream(caseId), atLeastRevision)).events);
  }

  /** As the case stands now: after somebody has acted on it. */
  async refresh(caseId: string): Promise<void> {
    await this.write((await this.streams.load(caseStream(caseId))).events);
  }

  private async write(events: readonly StoredEvent[]): Promise<{ upTo: number }> {
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
        await this.refresh(caseId);
        cases += 1;
      }
      if (page.caughtUp || page.checkpoint === after) return cases;
      after = page.checkpoint;
    }
  }
}
