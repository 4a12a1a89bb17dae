import {
  type CaseEvent,
  type CaseEventType,
  type StoredEvent,
  caseIdOf,
  caseStream,
  foldCase,
  initialCaseView,
} from '@balagh/case-events';
import { type EventStore, START, type Streams } from '@balagh/event-store';
import { type CaseStatus, type CaseStatuses } from './case-statuses.port';
import { type ContactIndex } from './contact-index';

const pageSize = 500;

/** Events after which a registered case can stand elsewhere; others need no look. */
export const stageEvents: readonly CaseEventType[] = [
  'CaseRegistered',
  'InquiryAnswered',
  'PersonalInquiryDeclined',
  'CaseCancelledAsDuplicate',
  'CaseRedirectedOutOfJurisdiction',
  'CaseSentToSecondLine',
  'CaseReferred',
  'CaseTransferred',
  'CaseReturnedAsMisrouted',
  'SummonsIssued',
  'SettlementRecorded',
  'CaseReferredToProsecution',
  'ResolutionReturned',
  'ReporterInformed',
  'CaseClosed',
  'CaseReopened',
];

/** Keeps the reporters' look-up: status by number, and the phone under which it may be asked. */
export class CaseStatusProjection {
  constructor(
    private readonly on: {
      readonly store: EventStore;
      readonly streams: Streams;
      readonly statuses: CaseStatuses;
      readonly contacts: ContactIndex;
    },
  ) {}

  /**
   * Folds the case anew and saves where it stands, and under which phone it may be asked for: whoever wrote the case may have ended before that.
   * Retry-safe; older states never overwrite newer ones.
   * @returns the revision that was read
   * @throws RevisionNotReached (retriable) when the store does not show that revision yet
   */
  async refresh(caseId: string, atLeastRevision: number): Promise<{ upTo: number }> {
    const { events } = await this.on.streams.loadReaching<CaseEvent>(caseStream(caseId), atLeastRevision);
    const status = statusOf(caseId, events);
    if (status !== undefined) await this.on.statuses.save(status);
    await this.on.contacts.ensureFrom(caseId, events);
    return { upTo: events.length - 1 };
  }

  /**
   * Derives the whole look-up from the event store while the service runs; the same rows come out. Phones of erased
   * subjects are forgotten. Answers with the number of rows.
   */
  rebuild(): Promise<number> {
    return this.on.statuses.replaceAll(this.everyStatus());
  }

  private async *everyStatus(): AsyncGenerator<CaseStatus> {
    const filter = { types: ['CaseOpened'], categories: ['case'] };
    for (let after = START; ;) {
      const page = await this.on.store.readAll({ after, filter, limit: pageSize });
      for (const { stream } of page.events) {
        const caseId = caseIdOf(stream);
        if (caseId === undefined) continue;
        const { events } = await this.on.streams.load<CaseEvent>(stream);
        await this.on.contacts.refreshFrom(caseId, events);
        const status = statusOf(caseId, events);
        if (status !== undefined) yield status;
      }
      if (page.caughtUp) return;
      after = page.checkpoint;
    }
  }
}

/** As of the last event that moved the case. Undefined until it is registered: before that there is no number to ask by. */
export function statusOf(caseId: string, events: readonly StoredEvent[]): CaseStatus | undefined {
  let before = initialCaseView.stage;
  let status: CaseStatus | undefined;
  foldCase(events, ({ stage, caseNumber, registeredAt, version }, event) => {
    const moved = stage !== before || event.type === 'CaseRegistered';
    before = stage;
    if (!moved || caseNumber === undefined || registeredAt === undefined) return;
    const { tenant, recordedAt: updatedAt } = event.metadata;
    status = { tenant, caseId, caseNumber, stage, registeredAt, updatedAt, version };
  });
  return status;
}
