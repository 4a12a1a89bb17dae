import { type CaseOpenings } from '@balagh/runtime';
import {
  type PublishedEvent,
  type StoredEvent,
  caseIdOf,
  caseStream,
  publishedPrefix,
} from '@balagh/case-events';
import { nothingFollows } from '@balagh/event-feed';
import { type EventStore, START, type Streams } from '@balagh/event-store';
import { foldDispatchCase } from '../domain/dispatch-case';
import { dueTimesOf } from '../domain/due-times';
import { queueEntryOf } from '../domain/queue-entry';
import { transfersOf } from '../domain/transfers';
import { type ReadModels } from './read-models.port';
import { type RulesReader } from './rules-in-force';

const pageSize = 500;

/** What is said about messages changes no work list; it is a third of what is published of a case. */
const aboutMessages: readonly string[] = ['NotificationRequested', 'NotificationSent', 'NotificationFailed'];

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
  async project({
    type,
    subject,
    caserevision,
  }: PublishedEvent): Promise<{ upTo: number } | typeof nothingFollows> {
    if (aboutMessages.includes(type.slice(publishedPrefix.length))) return nothingFollows;
    const { events } = await this.streams.loadReaching(caseStream(subject), caserevision);
    return { upTo: await this.write(subject, events) };
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

  /** The same rows, whoever reads further: they are those of the last event that could change them. */
  private async write(caseId: string, all: readonly StoredEvent[]): Promise<number> {
    const events = all.slice(0, all.findLastIndex(({ type }) => !aboutMessages.includes(type)) + 1);
    const state = foldDispatchCase(events);
    const entry = queueEntryOf(caseId, events, state);
    const opening = await this.openings.of(caseId);
    if (entry === undefined || opening === undefined) return all.length - 1;
    const rules = await this.rules.of(opening);
    const dueTimes = dueTimesOf(state, rules);
    await this.rows.put({
      entry,
      transfers: transfersOf(caseId, events),
      dueTimes,
      calendarVersion: rules.calendarVersion,
    });
    return all.length - 1;
  }
}
