import { caseStream } from '@balagh/case-events';
import { type Streams } from '@balagh/event-store';
import { rowOf } from '../domain/case-index-row';
import { type CaseIndex } from './case-index.port';

/** Keeps the index: refolds the whole case on every message, so a lost, late or repeated message changes nothing. */
export class ProjectCase {
  constructor(
    private readonly streams: Streams,
    private readonly index: CaseIndex,
  ) {}

  /** @returns the revision that was read. @throws RevisionNotReached (retriable) when the store does not show that revision yet; InvalidStoredEvent (permanent), EventNewer */
  async project(caseId: string, atLeastRevision: number): Promise<{ upTo: number }> {
    const { events, head } = await this.streams.loadReaching(caseStream(caseId), atLeastRevision);
    const row = rowOf(caseId, events);
    if (row !== undefined) await this.index.upsert(row);
    // Not the number of events: where one was taken out, the case still has a row, and holds nobody up.
    return { upTo: head?.revision ?? atLeastRevision };
  }
}
