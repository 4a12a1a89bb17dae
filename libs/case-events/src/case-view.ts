import { type CaseEvent } from './catalogue';
import { type IntakeForm } from './catalogue/intake.events';
import { type ClosureOutcome } from './catalogue/dispatch.events';
import { type Lifecycle, evolveLifecycle, initialLifecycle } from './lifecycle';
import { type Owner } from './vocabulary';

type Filling = Extract<CaseEvent, { type: 'FormFilled' }>['data'];

/** Where the case stands on its way (requirements §"three-line process"). */
export type Stage =
  | 'OPEN_PAGE'
  | 'REGISTERED'
  | 'WITH_SECOND_LINE'
  | 'WITH_THIRD_LINE'
  | 'TRANSFERRED_EXTERNALLY'
  | 'CONFRONTATION'
  | 'SETTLED'
  | 'WITH_PROSECUTION'
  | 'REPLY_RETURNED'
  | 'REPORTER_INFORMED'
  | 'DECLINED_PERSONAL'
  | 'ANSWERED'
  | 'REDIRECTED_OUT_OF_JURISDICTION'
  | 'CANCELLED_DUPLICATE'
  | 'CLOSED';

/** The whole case as one fold over every service's events: what history replays and lists show. */
export interface CaseView extends Lifecycle {
  readonly stage: Stage;
  readonly caseNumber?: string;
  readonly caseType?: string;
  readonly category?: string;
  readonly channel?: string;
  readonly priority?: string;
  readonly handlingClass?: string;
  readonly form: IntakeForm;
  /** The party the rules proposed, or the one that holds the case now. */
  readonly owner?: Owner;
  readonly queue?: string;
  readonly outcome?: ClosureOutcome;
  readonly openedChannel?: string;
  readonly registeredAt?: string;
  readonly dueAt?: string;
  readonly closedAt?: string;
  readonly agency?: string;
  readonly verification?: 'CONFIRMED' | 'NOT_CONFIRMED';
  readonly originalNumber?: string;
  readonly redirectedTo?: string;
  readonly attachments: number;
  readonly actions: { readonly total: number; readonly done: number };
  readonly reminders: number;
  readonly escalationLevel: number;
  readonly misroutes: number;
  readonly messages: { readonly requested: number; readonly sent: number; readonly failed: number };
  /** Number of events folded: the next revision. */
  readonly version: number;
}

export const initialCaseView: CaseView = {
  ...initialLifecycle,
  stage: 'OPEN_PAGE',
  form: { filled: [] },
  attachments: 0,
  actions: { total: 0, done: 0 },
  reminders: 0,
  escalationLevel: 0,
  misroutes: 0,
  messages: { requested: 0, sent: 0, failed: 0 },
  version: 0,
};

/**
 * Folds the whole case. Deterministic; unknown types only advance the version.
 * @param seen told of the view after each event: one and the same object, which goes on changing
 */
export function foldCase<E extends CaseEvent>(
  events: readonly E[],
  seen?: (view: CaseView, event: E) => void,
): CaseView {
  // A view of its own, changed in place: to copy it for each event takes four times as long, and each list folds each case anew.
  const view = { ...initialCaseView };
  for (const event of events) {
    advance(view, event);
    seen?.(view, event);
  }
  return view;
}

export function evolveCaseView(view: CaseView, event: CaseEvent): CaseView {
  const next = { ...view };
  advance(next, event);
  return next;
}

function advance(view: CaseView, event: CaseEvent): void {
  const { phase, decisionVersion } = evolveLifecycle(view, event);
  Object.assign(view, changes(view, event), { phase, decisionVersion, version: view.version + 1 });
}

function changes(view: CaseView, event: CaseEvent): Partial<CaseView> {
  switch (event.type) {
    case 'CaseOpened':
      return { openedChannel: event.data.channel, channel: event.data.channel };
    case 'FormFilled':
      return { form: mergeForm(view.form, event.data) };
    case 'AttachmentAdded':
      return { attachments: view.attachments + 1 };
    case 'CaseRegistered': {
      const { caseNumber, caseType, category, channel, registeredAt } = event.data;
      return { stage: 'REGISTERED', caseNumber, caseType, category, channel, registeredAt };
    }
    case 'InquiryAnswered':
      return { stage: 'ANSWERED' };
    case 'PersonalInquiryDeclined':
      return { stage: 'DECLINED_PERSONAL' };
    case 'CaseCancelledAsDuplicate':
      return { stage: 'CANCELLED_DUPLICATE', originalNumber: event.data.originalNumber };
    case 'CaseRedirectedOutOfJurisdiction':
      return { stage: 'REDIRECTED_OUT_OF_JURISDICTION', redirectedTo: event.data.body };
    case 'CaseClassified':
      return { category: event.data.category };
    case 'PriorityAssessed':
      return { priority: event.data.priority, handlingClass: event.data.handlingClass };
    case 'CaseRouted':
    case 'RoutingCorrected':
      return { owner: event.data.owner, queue: event.data.secondLineQueue };
    default:
      return solvingChanges(view, event);
  }
}

function solvingChanges(view: CaseView, event: CaseEvent): Partial<CaseView> {
  switch (event.type) {
    case 'CaseSentToSecondLine':
      return { stage: 'WITH_SECOND_LINE', queue: event.data.queue };
    case 'CaseReferred':
      return { stage: 'WITH_THIRD_LINE', owner: event.data.owner, dueAt: event.data.dueAt, reminders: 0 };
    case 'CaseTransferred':
      return {
        stage: 'TRANSFERRED_EXTERNALLY',
        owner: { kind: 'AGENCY', code: event.data.agency },
        agency: event.data.agency,
        dueAt: event.data.dueAt,
        reminders: 0,
      };
    case 'ActionAdded':
      return {
        actions: {
          total: view.actions.total + 1,
          done: view.actions.done + (event.data.state === 'DONE' ? 1 : 0),
        },
      };
    case 'FieldVerificationRecorded':
      return { verification: event.data.result };
    case 'ReminderIssued':
      return { reminders: event.data.n };
    case 'CaseEscalated':
      return { escalationLevel: event.data.level };
    case 'DueDateRecomputed':
      return { dueAt: event.data.dueAt };
    case 'CaseReturnedAsMisrouted':
      return { stage: 'WITH_SECOND_LINE', misroutes: event.data.count };
    case 'SummonsIssued':
      return { stage: 'CONFRONTATION' };
    case 'SettlementRecorded':
      return { stage: 'SETTLED' };
    case 'CaseReferredToProsecution':
      return { stage: 'WITH_PROSECUTION' };
    case 'ResolutionReturned':
      return { stage: 'REPLY_RETURNED' };
    case 'ReporterInformed':
      return { stage: 'REPORTER_INFORMED' };
    case 'CaseClosed':
      return { stage: 'CLOSED', outcome: event.data.outcome, closedAt: event.data.closedAt };
    case 'CaseReopened':
      return { stage: 'WITH_SECOND_LINE' };
    default:
      return messageChanges(view, event);
  }
}

function messageChanges(view: CaseView, event: CaseEvent): Partial<CaseView> {
  const { messages } = view;
  switch (event.type) {
    case 'NotificationRequested':
      return { messages: { ...messages, requested: messages.requested + 1 } };
    case 'NotificationSent':
      return { messages: { ...messages, sent: messages.sent + 1 } };
    case 'NotificationFailed':
      return { messages: { ...messages, failed: messages.failed + 1 } };
    default:
      return {};
  }
}

/** Later answers replace earlier ones, those taken back are gone; `filled` is the union of what is left. */
export function mergeForm(earlier: IntakeForm, { form, cleared = [] }: Filling): IntakeForm {
  const kept = withoutAnswers(earlier, cleared);
  return { ...kept, ...form, filled: [...new Set([...kept.filled, ...form.filled])].sort() };
}

/** The form as if these had never been answered. */
export function withoutAnswers(form: IntakeForm, names: readonly string[]): IntakeForm {
  if (names.length === 0) return form;
  const kept = Object.entries(form).filter(([name]) => !names.includes(name));
  return { ...Object.fromEntries(kept), filled: form.filled.filter((name) => !names.includes(name)) };
}
