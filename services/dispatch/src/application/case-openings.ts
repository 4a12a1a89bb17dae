import { caseStream, uuidSchema } from '@balagh/case-events';
import { type Streams } from '@balagh/event-store';

/** What the first event of a case fixes for its whole life. */
export interface CaseOpening {
  readonly tenant: string;
  /** Whose data key seals what is personal in the case. */
  readonly subjectId: string;
  /** Profile version whose rules hold for the case. */
  readonly profileVersion: number;
  readonly correlationId: string;
}

const remembered = 10_000;

/** Reads openings from the store; they never change, so the latest ones are kept. */
export class CaseOpenings {
  private readonly known = new Map<string, CaseOpening>();

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
    const { subjectId } = first.data;
    return this.remember(caseId, { tenant, subjectId, profileVersion, correlationId });
  }

  private remember(caseId: string, opening: CaseOpening): CaseOpening {
    const oldest = this.known.size >= remembered ? this.known.keys().next().value : undefined;
    if (oldest !== undefined) this.known.delete(oldest);
    this.known.set(caseId, opening);
    return opening;
  }
}
