import { type CaseView, type IntakeForm, type StoredEvent, foldCase, linesHeldBy } from '@balagh/case-events';
import { type EventStore } from '@balagh/event-store';
import { type Privacy, isSealed } from '@balagh/privacy';
import { type MissingField, type Profile, type Profiles, missingFields } from '@balagh/profile';
import { type Clock, type Principal, authorise, demandOwnContact } from '@balagh/runtime';
import { type Logger } from 'pino';
import { factsOf } from '../domain/action';
import { progressOf } from '../domain/case-progress';
import { type CaseRow, caseRowOf } from '../domain/case-row';
import { type MessageLine, messagesOf } from '../domain/messages';
import { type NextAction, nextActions } from '../domain/next-actions';
import { maySee } from '../domain/staff';
import { ERASED, HIDDEN, type Opened, type TimelineEntry, timelineOf } from '../domain/timeline';
import { caseHidden, caseNotFound, readCaseOf } from './case-reading';
import { type CaseViews } from './case-views';
import { staffOf } from './staff-of';

/** Everything a case page shows. Of personal values, an erased one reads `null`, and so do all where they are not revealed. */
export interface CasePage {
  readonly case: CaseRow &
    Pick<CaseView, 'handlingClass' | 'agency' | 'redirectedTo' | 'originalNumber' | 'verification'> & {
      readonly overdue: boolean;
    };
  /** False: this person may not see personal values (`case.reveal`); they are hidden, not erased. */
  readonly revealed: boolean;
  readonly form: Readonly<Record<string, unknown>>;
  /** Fields that registration would ask for now, in both languages (KWT-11). */
  readonly missing: readonly MissingField[];
  readonly attachments: readonly AttachmentLine[];
  readonly timeline: readonly TimelineEntry[];
  readonly messages: readonly MessageLine[];
  readonly nextActions: readonly NextAction[];
}

export interface AttachmentLine {
  readonly attachmentId: string;
  readonly kind: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly addedAt: string;
}

export interface CasePageNeeds {
  readonly store: EventStore;
  readonly privacy: Privacy;
  readonly profiles: Profiles;
  readonly clock: Clock;
  readonly log: Logger;
  readonly views: CaseViews;
}

/**
 * Shows one case to one person: tenant, role and party are checked, and the view is on record before anything is returned; when it cannot
 * be recorded, nothing is shown (design §3.12, MUS-27).
 */
export class ShowCase {
  constructor(private readonly needs: CasePageNeeds) {}

  /** @throws AccessDenied; Rejected CASE_NOT_FOUND */
  async page(principal: Principal, tenant: string, caseId: string): Promise<CasePage> {
    authorise(principal, 'case.view', tenant);
    const { store, profiles, clock, log } = this.needs;
    const events = await readCaseOf(store, tenant, caseId);
    const row = caseRowOf(events);
    const staff = staffOf(principal);
    const entry = { caseId, tenant, account: principal.subject, organisation: principal.organisation };
    if (row === undefined) throw caseNotFound();
    demandOwnContact(principal, 'case.view', row.openedByOrganisation);
    if (!maySee(staff, row)) throw caseHidden('CASE_FOREIGN', caseId);
    const { profile } = await pinnedProfile(profiles, tenant, events);
    const view = foldCase(events);
    const revealed = mayReveal(principal, row);
    const viewed = { principal, tenant, caseId, version: events.length, revealed };
    const [opened] = await Promise.all([
      revealed ? this.open(events) : nothingOpened,
      this.needs.views.record(viewed),
    ]);
    log.info({ event: 'case.viewed', ...entry, version: view.version, revealed });
    const now = clock.now().toISOString();
    const linesHeld = linesHeldBy(principal.subject, events);
    const situation = { view, progress: progressOf(events), profile, now, linesHeld };
    return {
      case: headOf(row, view, now),
      revealed,
      form: openForm(view.form, opened),
      missing: view.phase === 'open' ? missing(profile, view) : [],
      attachments: attachmentsOf(events),
      timeline: timelineOf(events, opened, revealed ? ERASED : HIDDEN),
      messages: messagesOf(events),
      nextActions: nextActions(situation, staff),
    };
  }

  /** Opens every sealed value of the case once. */
  private async open(events: readonly StoredEvent[]): Promise<Opened> {
    const sealed = new Set<string>();
    for (const { data } of events) collectSealed(data, sealed);
    const pairs = await Promise.all(
      [...sealed].map(async (value) => [value, await this.needs.privacy.openOrErased(value)] as const),
    );
    return new Map(pairs.filter((pair): pair is readonly [string, string] => pair[1] !== undefined));
  }
}

const nothingOpened: Opened = new Map();

/** Personal values are opened to whoever may reveal them in this very case: line 3 in its own party's, operators in their own company's. */
function mayReveal(principal: Principal, row: CaseRow): boolean {
  const staff = staffOf(principal, 'case.reveal');
  return staff.may('case.reveal') && maySee(staff, row);
}

/** The profile that the case was opened under (design §3.8). */
export async function pinnedProfile(
  profiles: Profiles,
  tenant: string,
  events: readonly StoredEvent[],
): Promise<{ readonly profile: Profile }> {
  const version = events[0]?.metadata.profileVersion;
  return version === undefined ? profiles.latest(tenant) : profiles.at(tenant, version);
}

function headOf(row: CaseRow, view: CaseView, now: string): CasePage['case'] {
  const more = {
    handlingClass: view.handlingClass,
    agency: view.agency,
    redirectedTo: view.redirectedTo,
    originalNumber: view.originalNumber,
    verification: view.verification,
  };
  const given = Object.fromEntries(Object.entries(more).filter(([, value]) => value !== undefined));
  return {
    ...row,
    ...given,
    overdue: row.phase === 'registered' && row.dueAt !== undefined && row.dueAt < now,
  };
}

function missing(profile: Profile, view: CaseView): readonly MissingField[] {
  return missingFields(profile, factsOf(view), view.form.filled);
}

function openForm(form: IntakeForm, opened: Opened): Readonly<Record<string, unknown>> {
  const { filled: _, ...answers } = form;
  return Object.fromEntries(
    Object.entries(answers).map(([key, value]) => [
      key,
      isSealed(value) ? (opened.get(value) ?? null) : value,
    ]),
  );
}

function attachmentsOf(events: readonly StoredEvent[]): readonly AttachmentLine[] {
  return events.flatMap((event) => {
    if (event.type !== 'AttachmentAdded') return [];
    const { attachmentId, kind, mediaType, sizeBytes } = event.data;
    return [{ attachmentId, kind, mediaType, sizeBytes, addedAt: event.metadata.recordedAt }];
  });
}

function collectSealed(value: unknown, into: Set<string>): void {
  if (isSealed(value)) into.add(value);
  else if (value !== null && typeof value === 'object')
    for (const inner of Object.values(value)) collectSealed(inner, into);
}
