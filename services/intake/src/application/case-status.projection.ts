import { type CaseEvent, type StoredEvent, caseIdOf, caseStream, foldCase } from '@balagh/case-events';
import { type EventStore, START, type Streams } from '@balagh/event-store';
import { type Privacy } from '@balagh/privacy';
import { type Profiles } from '@balagh/profile';
import { type CaseStatus, type CaseStatuses } from './case-statuses.port';
import { type ReporterContacts } from './reporter-contacts.port';
import { phoneIndex } from './sealed-form';

const pageSize = 500;

/** Keeps the reporters' look-up: status by number, and the phone under which it may be asked. */
export class CaseStatusProjection {
  constructor(
    private readonly on: {
      readonly store: EventStore;
      readonly streams: Streams;
      readonly privacy: Privacy;
      readonly profiles: Profiles;
      readonly statuses: CaseStatuses;
      readonly contacts: ReporterContacts;
    },
  ) {}

  /** Folds the case anew and saves where it stands. Retry-safe; older states never overwrite newer ones. */
  async refresh(caseId: string): Promise<void> {
    const status = statusOf(caseId, (await this.on.streams.load<CaseEvent>(caseStream(caseId))).events);
    if (status !== undefined) await this.on.statuses.save(status);
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
        await this.rememberContact(caseId, events);
        const status = statusOf(caseId, events);
        if (status !== undefined) yield status;
      }
      if (page.caughtUp) return;
      after = page.checkpoint;
    }
  }

  private async rememberContact(caseId: string, events: readonly StoredEvent[]): Promise<void> {
    const { privacy, profiles, contacts } = this.on;
    const [first] = events;
    const sealed = foldCase(events).form.phone;
    if (first === undefined || sealed === undefined) return;
    const { tenant } = first.metadata;
    const phone = await privacy.openOrErased(sealed);
    if (phone === undefined) return contacts.forget(caseId);
    const { profile } = await profiles.at(tenant, first.metadata.profileVersion ?? 1);
    const index = await phoneIndex(privacy, tenant, profile, phone);
    if (index !== undefined) await contacts.remember(tenant, caseId, index);
  }
}

/** Undefined until the case is registered: before that there is no number to ask by. */
export function statusOf(caseId: string, events: readonly StoredEvent[]): CaseStatus | undefined {
  const view = foldCase(events);
  const [first, last] = [events[0], events.at(-1)];
  if (
    first === undefined ||
    last === undefined ||
    view.caseNumber === undefined ||
    view.registeredAt === undefined
  )
    return undefined;
  return {
    tenant: first.metadata.tenant,
    caseId,
    caseNumber: view.caseNumber,
    stage: view.stage,
    registeredAt: view.registeredAt,
    updatedAt: last.metadata.recordedAt,
    version: view.version,
  };
}
