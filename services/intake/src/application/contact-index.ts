import { type CaseEvent, type StoredEvent, caseStream } from '@balagh/case-events';
import { type Streams } from '@balagh/event-store';
import { type Privacy } from '@balagh/privacy';
import { type Profiles } from '@balagh/profile';
import { type ReporterContacts } from './reporter-contacts.port';
import { phoneIndex } from './sealed-form';

/**
 * Keeps under which phone a case may be asked for. Always derived from the whole case, never from one command, so a late
 * repetition of an old command does not bring back an old phone. What a crash loses, the repeated command brings.
 */
export class ContactIndex {
  constructor(
    private readonly on: {
      readonly streams: Streams;
      readonly privacy: Privacy;
      readonly profiles: Profiles;
      readonly contacts: ReporterContacts;
    },
  ) {}

  async refresh(caseId: string): Promise<void> {
    const { events } = await this.on.streams.loadReaching<CaseEvent>(caseStream(caseId), 0);
    await this.refreshFrom(caseId, events);
  }

  /** The phone of an erased subject is forgotten. Retry-safe. */
  async refreshFrom(caseId: string, events: readonly StoredEvent[]): Promise<void> {
    const { privacy, profiles, contacts } = this.on;
    const [first] = events;
    const answered = events.findLast(
      (event) => event.type === 'FormFilled' && event.data.form.phone !== undefined,
    );
    if (first === undefined || answered?.type !== 'FormFilled') return;
    const { tenant, profileVersion } = first.metadata;
    const phone = await privacy.openOrErased(answered.data.form.phone ?? '');
    if (phone === undefined) return contacts.forget(caseId);
    const { profile } = await profiles.at(tenant, profileVersion ?? 1);
    const index = await phoneIndex(privacy, tenant, profile, phone);
    if (index !== undefined)
      await contacts.remember({ tenant, caseId, phoneIndex: index, version: answered.revision });
  }
}
