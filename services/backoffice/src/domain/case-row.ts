import { type Owner, type Stage, type StoredEvent, caseIdOf, foldCase } from '@balagh/case-events';
import { messagesOf } from './messages';

/** One line of a work list: the whole-case fold without anything personal (MUS-48). */
export interface CaseRow {
  readonly caseId: string;
  readonly tenant: string;
  readonly caseNumber?: string;
  readonly stage: Stage;
  readonly phase: string;
  readonly caseType?: string;
  readonly category?: string;
  readonly channel?: string;
  readonly priority?: string;
  readonly owner?: Owner;
  readonly queue?: string;
  readonly outcome?: string;
  readonly openedAt: string;
  /** Account of the agent that opened the page; absent when a reporter did it without staff. */
  readonly openedBy?: string;
  /** Organisation that employs whoever opened the case: the tenant, or a contracted company (BAH-14). Absent in rows not written anew yet. */
  readonly openedByOrganisation?: string;
  readonly registeredAt?: string;
  readonly dueAt?: string;
  readonly closedAt?: string;
  readonly reminders: number;
  readonly escalationLevel: number;
  readonly misroutes: number;
  readonly failedMessages: number;
  readonly attachments: number;
  readonly decisionVersion: number;
  /** Number of events folded; a row never goes back to a lower one. */
  readonly version: number;
  /** RFC 3339: when the last event was recorded. */
  readonly updatedAt: string;
}

/** The row of a case, from all its events; undefined for a stream that does not begin with CaseOpened. */
export function caseRowOf(events: readonly StoredEvent[]): CaseRow | undefined {
  const first = events[0];
  const last = events.at(-1);
  const caseId = first && caseIdOf(first.stream);
  if (first?.type !== 'CaseOpened' || last === undefined || caseId === undefined) return undefined;
  const view = foldCase(events);
  const opener = first.metadata.actor;
  return {
    caseId,
    tenant: first.metadata.tenant,
    stage: view.stage,
    phase: view.phase,
    openedAt: first.metadata.recordedAt,
    openedByOrganisation: opener.organisation,
    reminders: view.reminders,
    escalationLevel: view.escalationLevel,
    misroutes: view.misroutes,
    failedMessages: failedMessages(events),
    attachments: view.attachments,
    decisionVersion: view.decisionVersion,
    version: view.version,
    updatedAt: last.metadata.recordedAt,
    ...present({
      caseNumber: view.caseNumber,
      caseType: view.caseType ?? view.form.caseType,
      category: view.category ?? view.form.category,
      channel: view.channel,
      priority: view.priority,
      owner: view.owner,
      queue: view.queue,
      outcome: view.outcome,
      registeredAt: view.registeredAt,
      dueAt: view.dueAt,
      closedAt: view.closedAt,
      openedBy: opener.kind === 'staff' ? opener.id : undefined,
    }),
  };
}

/** Failures that somebody should act on: while the page was open, the agent told the reporter in person what is missing. */
function failedMessages(events: readonly StoredEvent[]): number {
  return messagesOf(events).filter(
    (line) => line.state === 'FAILED' && line.trigger !== 'RequiredFieldsMissing',
  ).length;
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The entries that have a value: an absent key and an undefined one are not the same thing here. */
export function present<T extends Record<string, unknown>>(values: T): Present<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Present<T>;
}
