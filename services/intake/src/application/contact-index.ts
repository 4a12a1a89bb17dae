import { type CaseEvent, type StoredEvent, caseStream } from '@balagh/case-events';
import { type Streams } from '@balagh/event-store';
import { type Privacy } from '@balagh/privacy';
import { type Profiles } from '@balagh/profile';
import { type ReporterContacts } from './reporter-contacts.port';
import { phoneIndex } from './sealed-form';

/** Most cases whose contacts this process knows to be kept. */
const mostKnown = 10_000;

/**
 * Keeps under which phone a case may be asked for. Always derived from the whole case, never from one command, so a late
 * repetition of an old command does not bring back an old phone. What a crash loses, the status consumer brings.
 */
export class ContactIndex {
  /** Revision of the answers that this process has seen to, by case. */
  private readonly known = new Map<string, number>();

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

  /** Like `refreshFrom`, but free where this process has done it for these answers before. Retry-safe. */
  async ensureFrom(caseId: string, events: readonly StoredEvent[]): Promise<void> {
    const revision = phoneAnswer(events)?.revision ?? -1;
    if (revision > (this.known.get(caseId) ?? -1)) await this.refreshFrom(caseId, events);
  }

  /** A phone that was taken back, or whose subject was erased, is forgotten. Retry-safe. */
  async refreshFrom(caseId: string, events: readonly StoredEvent[]): Promise<void> {
    const { privacy, profiles, contacts } = this.on;
    const [first] = events;
    const answer = phoneAnswer(events);
    if (first === undefined || answer === undefined) return;
    const { tenant, profileVersion } = first.metadata;
    const { sealed, revision: version } = answer;
    const phone = sealed === undefined ? undefined : await privacy.openOrErased(sealed);
    const { profile } = await profiles.at(tenant, profileVersion ?? 1);
    const index = await phoneIndex(privacy, tenant, profile, phone);
    if (phone === undefined) await contacts.forget(caseId);
    else if (index !== undefined) await contacts.remember({ tenant, caseId, phoneIndex: index, version });
    this.know(caseId, version);
  }

  private know(caseId: string, revision: number): void {
    this.known.delete(caseId);
    this.known.set(caseId, revision);
    const [oldest] = this.known.keys();
    if (this.known.size > mostKnown && oldest !== undefined) this.known.delete(oldest);
  }
}

/** The phone that was answered last; `sealed` is undefined when it was taken back. */
function phoneAnswer(
  events: readonly StoredEvent[],
): { readonly sealed: string | undefined; readonly revision: number } | undefined {
  const answered = events.findLast(({ type, data }) => {
    if (type !== 'FormFilled') return false;
    return data.form.phone !== undefined || data.cleared?.includes('phone') === true;
  });
  if (answered?.type !== 'FormFilled') return undefined;
  return { sealed: answered.data.form.phone, revision: answered.revision };
}
