import {
  type CaseEvent,
  type CaseType,
  type IntakeEvent,
  type IntakeForm,
  type Lifecycle,
  evolveLifecycle,
  initialLifecycle,
  mergeForm,
} from '@balagh/case-events';
import { type Decider, type Decision, reject } from '@balagh/decider';

/** What intake knows of a case: one fold for every capability of line 1. */
export interface IntakeCase extends Lifecycle {
  readonly channel?: string;
  readonly subjectId?: string;
  /** The contact left a number, handle or device of its own accord. */
  readonly hasContactReference: boolean;
  readonly form: IntakeForm;
  readonly attachments: readonly { readonly id: string; readonly kind: string }[];
  /** The last registration that was refused for missing fields. */
  readonly refusal?: { readonly attempt: number; readonly fields: readonly string[] };
  readonly registration?: { readonly caseNumber: string; readonly caseType: CaseType };
  /** How line 1 or its rules ended the case. */
  readonly ending?:
    { readonly kind: 'ANSWERED'; readonly answer: string } | { readonly kind: 'DECLINED' | 'CANCELLED' };
  /** Cases known to repeat this one. */
  readonly repeats: readonly string[];
}

export const noCase: IntakeCase = {
  ...initialLifecycle,
  hasContactReference: false,
  form: { filled: [] },
  attachments: [],
  repeats: [],
};

/** Folds one event of any service; other services' events only move the shared lifecycle. */
export function evolveIntakeCase(state: IntakeCase, event: CaseEvent): IntakeCase {
  return { ...state, ...changes(state, event), ...evolveLifecycle(state, event) };
}

export function foldIntakeCase(history: readonly CaseEvent[]): IntakeCase {
  return history.reduce(evolveIntakeCase, noCase);
}

function changes(state: IntakeCase, event: CaseEvent): Partial<IntakeCase> {
  switch (event.type) {
    case 'CaseOpened':
      return {
        channel: event.data.channel,
        subjectId: event.data.subjectId,
        hasContactReference: event.data.contactReference !== undefined,
      };
    case 'FormFilled':
      return { form: mergeForm(state.form, event.data) };
    case 'AttachmentAdded':
      return { attachments: [...state.attachments, { id: event.data.attachmentId, kind: event.data.kind }] };
    case 'RequiredFieldsMissing':
      return { refusal: { attempt: event.data.attempt, fields: event.data.missing.map((m) => m.field) } };
    case 'CaseRegistered':
      return { registration: { caseNumber: event.data.caseNumber, caseType: event.data.caseType } };
    case 'DuplicateLinked':
      return { repeats: [...state.repeats, event.data.repeatCaseId] };
    case 'InquiryAnswered':
      return { ending: { kind: 'ANSWERED', answer: event.data.answer } };
    case 'PersonalInquiryDeclined':
      return { ending: { kind: 'DECLINED' } };
    case 'CaseCancelledAsDuplicate':
      return { ending: { kind: 'CANCELLED' } };
    default:
      return {};
  }
}

/** A capability of intake: its decision over the common fold. */
export type Capability<Command> = Decider<Command, IntakeCase, CaseEvent>;
export type IntakeDecision = Decision<IntakeEvent>;

/** A decider of one capability; all share the fold. */
export function capability<Command>(
  decide: (command: Command, state: IntakeCase) => IntakeDecision,
): Capability<Command> {
  return { initial: noCase, evolve: evolveIntakeCase, decide };
}

/** The refusal of acts that need an open page. */
export function notOpen(state: IntakeCase): IntakeDecision {
  return state.phase === 'absent' ? reject('CASE_NOT_FOUND', 'missing') : reject('CASE_NOT_OPEN');
}
