import { caseStream, uuidSchema } from '@balagh/case-events';
import { type Streams } from '@balagh/event-store';
import { LRUCache } from 'lru-cache';

/** What the first event of a case fixes for its whole life. */
export interface CaseOpening {
  readonly tenant: string;
  /** Whose data key seals what is personal in the case. */
  readonly subjectId: string;
  /** Profile version whose rules hold for the case. */
  readonly profileVersion: number;
  readonly correlationId: string;
}

/** Reads openings from the store; they never change, so the latest ones are kept. */
export class CaseOpenings {
  private readonly known = new LRUCache<string, CaseOpening>({ max: 10_000 });

  constructor(private readonly streams: Streams) {}

  /** Undefined: there is no such case. */
  async of(caseId: string): Promise<CaseOpening | undefined> {
    if (!uuidSchema.safeParse(caseId).success) return undefined;
    const known = this.known.get(caseId);
    if (known !== undefined) return known;
    const { events } = await this.streams.load(caseStream(caseId), 0);
    const first = events[0];
    if (first?.type !== 'CaseOpened') return undefined;
    const { tenant, profileVersion = 1, correlationId } = first.metadata;
    const opening = { tenant, subjectId: first.data.subjectId, profileVersion, correlationId };
    this.known.set(caseId, opening);
    return opening;
  }
}
