import { type StoredEvent, caseIdOf, caseStream } from '@balagh/case-events';
import { type EventStore, START, type Streams } from '@balagh/event-store';
import { foldDispatchCase } from '../domain/dispatch-case';
import { dueTimesOf } from '../domain/due-times';
import { queueEntryOf } from '../domain/queue-entry';
import { transfersOf } from '../domain/transfers';
import { type CaseOpenings } from './case-openings';
import { type ReadModels } from './read-models.port';
import { type RulesReader } from './rules-in-force';

const pageSize = 500;

/** Folds a case's rows anew from the store: queue entry, transfers and due times. */
export class ProjectCaseHandler {
  private rebuilding = false;

  constructor(
    private readonly streams: Streams,
    private readonly store: EventStore,
    private readonly openings: CaseOpenings,
    private readonly rules: RulesReader,
    private readonly rows: ReadModels,
  ) {}

  /** The rows must show at least this event. @returns the revision that they show. @throws RevisionNotReached (retriable) */
  async project(caseId: string, revision: number): Promise<{ upTo: number }> {
    return {
      upTo: await this.write(caseId, (await this.streams.loadReaching(caseStream(caseId), revision)).events),
    };
  }

  /** Every row anew, while consumers go on: newer rows win (SYS-02). Undefined: another rebuild is running. */
  async rebuild(): Promise<number | undefined> {
    if (this.rebuilding) return undefined;
    this.rebuilding = true;
    try {
      let cases = 0;
      for (let after = START, caughtUp = false; !caughtUp;) {
        const filter = { categories: ['case'], types: ['CaseRegistered'] };
        const page = await this.store.readAll({ after, filter, limit: pageSize });
        for (const { stream } of page.events) await this.refold(caseIdOf(stream) ?? stream);
        cases += page.events.length;
        ({ checkpoint: after, caughtUp } = page);
      }
      return cases;
    } finally {
      this.rebuilding = false;
    }
  }

  /** The case as it is now, whatever the rows say. @returns its revision */
  async refold(caseId: string): Promise<number> {
    return this.write(caseId, (await this.streams.load(caseStream(caseId))).events);
  }

  private async write(caseId: string, events: readonly StoredEvent[]): Promise<number> {
    const state = foldDispatchCase(events);
    const entry = queueEntryOf(caseId, events, state);
    const opening = await this.openings.of(caseId);
    if (entry === undefined || opening === undefined) return events.length - 1;
    const rules = await this.rules.of(opening);
    const dueTimes = dueTimesOf(state, rules);
    await this.rows.put({
      entry,
      transfers: transfersOf(caseId, events),
      dueTimes,
      calendarVersion: rules.calendarVersion,
    });
    return events.length - 1;
  }
}
