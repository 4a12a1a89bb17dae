import { type CaseOpenings } from '@balagh/runtime';
import { type PublishedEvent, type StoredEvent, caseStream, publishedPrefix } from '@balagh/case-events';
import { nothingFollows } from '@balagh/event-feed';
import { type Streams } from '@balagh/event-store';
import { foldDispatchCase } from '../domain/dispatch-case';
import { dueTimesOf } from '../domain/due-times';
import { queueEntryOf } from '../domain/queue-entry';
import { transfersOf } from '../domain/transfers';
import { type CaseRows, type ReadModels } from './read-models.port';
import { type RulesReader } from './rules-in-force';

/** What is said about messages changes no work list; it is a third of what is published of a case. */
const aboutMessages: readonly string[] = ['NotificationRequested', 'NotificationSent', 'NotificationFailed'];

/** Folds a case's rows anew from the store: queue entry, transfers and due times. */
export class ProjectCaseHandler {
  constructor(
    private readonly streams: Streams,
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

  /** The case as it is now, unless newer rows are there. @returns its revision */
  async refold(caseId: string): Promise<number> {
    return this.write(caseId, (await this.streams.load(caseStream(caseId))).events);
  }

  /** The case's rows as the store has them now; undefined while it is not registered. @throws InvalidStoredEvent */
  async rowsOf(caseId: string): Promise<CaseRows | undefined> {
    return this.fold(caseId, (await this.streams.load(caseStream(caseId))).events);
  }

  private async write(caseId: string, events: readonly StoredEvent[]): Promise<number> {
    const rows = await this.fold(caseId, events);
    if (rows !== undefined) await this.rows.put(rows);
    return events.length - 1;
  }

  /** The same rows, whoever reads further: they are those of the last event that could change them. */
  private async fold(caseId: string, all: readonly StoredEvent[]): Promise<CaseRows | undefined> {
    const events = all.slice(0, all.findLastIndex(({ type }) => !aboutMessages.includes(type)) + 1);
    const state = foldDispatchCase(events);
    const entry = queueEntryOf(caseId, events, state);
    const opening = await this.openings.of(caseId);
    if (entry === undefined || opening === undefined) return undefined;
    const rules = await this.rules.of(opening);
    const dueTimes = dueTimesOf(state, rules);
    const { calendarVersion } = rules;
    return { entry, transfers: transfersOf(caseId, events), dueTimes, calendarVersion };
  }
}
