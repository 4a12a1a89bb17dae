import { type StoredEvent, caseIdOf, caseStream } from '@balagh/case-events';
import { type EventStore, START, type Streams } from '@balagh/event-store';
import { routingDecisionOf } from '../domain/routing-decision';
import { type RoutingDecisions } from './routing-decisions.port';

const pageSize = 500;

/** Folds a case's row anew from the store. */
export class ProjectDecisionHandler {
  private rebuilding = false;

  constructor(
    private readonly streams: Streams,
    private readonly store: EventStore,
    private readonly decisions: RoutingDecisions,
  ) {}

  /** The row must show at least this event. @returns the revision that it shows. @throws RevisionNotReached (retriable) */
  async project(caseId: string, revision: number): Promise<{ upTo: number }> {
    const { events } = await this.streams.loadReaching(caseStream(caseId), revision);
    await this.write(caseId, events);
    return { upTo: events.length - 1 };
  }

  /** Every row anew, while consumers go on: newer rows win (SYS-02). Undefined: another rebuild is running. */
  async rebuild(): Promise<number | undefined> {
    if (this.rebuilding) return undefined;
    this.rebuilding = true;
    try {
      let cases = 0;
      for (let after = START, caughtUp = false; !caughtUp;) {
        const page = await this.store.readAll({
          after,
          filter: { categories: ['case'], types: ['JurisdictionAssessed'] },
          limit: pageSize,
        });
        for (const { stream } of page.events) await this.refold(caseIdOf(stream) ?? stream);
        cases += page.events.length;
        ({ checkpoint: after, caughtUp } = page);
      }
      return cases;
    } finally {
      this.rebuilding = false;
    }
  }

  private async refold(caseId: string): Promise<void> {
    await this.write(caseId, (await this.streams.load(caseStream(caseId))).events);
  }

  private async write(caseId: string, events: readonly StoredEvent[]): Promise<void> {
    const row = routingDecisionOf(caseId, events);
    if (row !== undefined) await this.decisions.put(row);
  }
}
