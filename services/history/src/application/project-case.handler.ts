import { caseStream } from '@balagh/case-events';
import { RevisionNotReached, type Streams } from '@balagh/event-store';
import { rowOf } from '../domain/case-index-row';
import { type CaseIndex } from './case-index.port';

/** Keeps the index: refolds the whole case on every message, so a lost, late or repeated message changes nothing. */
export class ProjectCase {
  constructor(
    private readonly streams: Streams,
    private readonly index: CaseIndex,
  ) {}

  /** @returns the revision that was read. @throws RevisionNotReached (retriable) when the store does not show that revision yet; InvalidStoredEvent (permanent) */
  async project(caseId: string, atLeastRevision: number): Promise<{ upTo: number }> {
    const { events } = await this.streams.loadReaching(caseStream(caseId), atLeastRevision);
    const row = rowOf(caseId, events);
    if (row === undefined || row.version <= atLeastRevision)
      throw new RevisionNotReached(`case ${caseId} before revision ${atLeastRevision}`);
    await this.index.upsert(row);
    return { upTo: events.length - 1 };
  }
}
