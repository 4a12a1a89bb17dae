import {
  type CaseView,
  type IntakeForm,
  type Language,
  type Owner,
  type StoredEvent,
  foldCase,
} from '@balagh/case-events';
import { type Facts } from '@balagh/profile';

type DataOf<Type extends StoredEvent['type']> = Extract<StoredEvent, { type: Type }>['data'];

/** What the planning looks at: the case as the trigger left it, and the trigger itself. */
export interface CaseFacts {
  readonly trigger: StoredEvent;
  readonly view: CaseView;
  readonly form: IntakeForm;
  readonly opened?: DataOf<'CaseOpened'>;
  readonly registered?: DataOf<'CaseRegistered'>;
  readonly reply?: DataOf<'ReplyIssued'>;
  readonly resolution?: DataOf<'ResolutionReturned'>;
  /** The party that the trigger names, or the one that holds the case. */
  readonly owner?: Owner;
  readonly language: Language;
  readonly forConditions: Facts;
}

export function caseFactsOf(history: readonly StoredEvent[], trigger: StoredEvent): CaseFacts {
  const view = foldCase(history);
  const registered = last(history, 'CaseRegistered');
  const opened = last(history, 'CaseOpened');
  const reply = last(history, 'ReplyIssued');
  const resolution = last(history, 'ResolutionReturned');
  const owner = ownerIn(trigger) ?? view.owner;
  return {
    trigger,
    view,
    form: view.form,
    ...(opened === undefined ? {} : { opened }),
    ...(registered === undefined ? {} : { registered }),
    ...(reply === undefined ? {} : { reply }),
    ...(resolution === undefined ? {} : { resolution }),
    ...(owner === undefined ? {} : { owner }),
    language: registered?.language ?? view.form.language ?? 'ar',
    forConditions: { ...scalars(trigger.data), ...formFacts(view, registered) },
  };
}

/** The non-personal answers that profile conditions may ask for, by the names of `libs/profile`. */
function formFacts(view: CaseView, registered: DataOf<'CaseRegistered'> | undefined): Facts {
  const answers = { ...view.form, ...registered };
  return {
    caseType: answers.caseType ?? null,
    category: view.category ?? answers.category ?? null,
    subject: answers.subject ?? null,
    channel: view.openedChannel ?? null,
    sector: answers.sector ?? null,
    directorate: answers.directorate ?? null,
    section: answers.section ?? null,
    saleChannel: answers.saleChannel ?? null,
    shopLicensed: answers.shopLicensed ?? null,
    otherBody: answers.otherBody ?? null,
    clientType: answers.clientType ?? null,
    theme: answers.theme ?? null,
  };
}

/** A condition may also look at plain values of the event itself, e.g. `{ "outcome": "RESOLVED" }` on CaseClosed. */
function scalars(data: object): Facts {
  const plain = Object.entries(data).filter(([, value]) =>
    ['string', 'number', 'boolean'].includes(typeof value),
  );
  return Object.fromEntries(plain.filter(([, value]) => !String(value).startsWith('sealed:')));
}

function ownerIn(trigger: StoredEvent): Owner | undefined {
  switch (trigger.type) {
    case 'CaseReferred':
    case 'ReminderIssued':
    case 'CaseRouted':
    case 'RoutingCorrected':
      return trigger.data.owner;
    case 'CaseTransferred':
      return { kind: 'AGENCY', code: trigger.data.agency };
    case 'CaseSentToSecondLine':
      return trigger.data.proposedOwner;
    default:
      return undefined;
  }
}

function last<Type extends StoredEvent['type']>(
  history: readonly StoredEvent[],
  type: Type,
): DataOf<Type> | undefined {
  return history.findLast((event) => event.type === type)?.data as DataOf<Type> | undefined;
}
