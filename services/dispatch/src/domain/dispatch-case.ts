import { type ClosureOutcome, evolveLifecycle } from '@balagh/case-events';
import { type Decider, type Decision } from '@balagh/decider';
import {
  type DispatchCase,
  type DispatchInput,
  type DispatchOutput,
  initialDispatchCase,
} from './dispatch-state';
import { evolveSolving } from './solving';

export * from './dispatch-state';

/** One fold for every decider of this service. Deterministic; events it does not know only count for the lifecycle. */
export function evolveDispatchCase(state: DispatchCase, event: DispatchInput): DispatchCase {
  return { ...state, ...changes(state, event), ...evolveLifecycle(state, event) };
}

export function foldDispatchCase(events: readonly DispatchInput[]): DispatchCase {
  return events.reduce(evolveDispatchCase, initialDispatchCase);
}

export type DispatchDecider<Command> = Decider<Command, DispatchCase, DispatchInput>;

/** A capability's decision over the one fold. */
export function deciding<Command>(
  decide: (command: Command, state: DispatchCase) => Decision<DispatchOutput>,
): DispatchDecider<Command> {
  return { initial: initialDispatchCase, evolve: evolveDispatchCase, decide };
}

function changes(state: DispatchCase, event: DispatchInput): Partial<DispatchCase> {
  switch (event.type) {
    case 'CaseRegistered': {
      const { caseNumber, caseType, category, registeredAt, clockStart, channel } = event.data;
      const { subject, sector, directorate, section, theme, saleChannel, shopLicensed } = event.data;
      const given = {
        caseType,
        category,
        channel,
        subject,
        sector,
        directorate,
        section,
        theme,
        saleChannel,
        shopLicensed,
      };
      return { caseNumber, caseType, category, registeredAt, clockStart, facts: present(given) };
    }
    case 'CaseClassified': {
      const { category, sector, directorate, section } = event.data;
      return { category, facts: { ...state.facts, ...present({ category, sector, directorate, section }) } };
    }
    case 'PriorityAssessed': {
      const { priority, handlingClass } = event.data;
      return { facts: { ...state.facts, priority, handlingClass } };
    }
    case 'CaseRouted':
    case 'RoutingCorrected':
      return { proposed: { owner: event.data.owner, queue: event.data.secondLineQueue } };
    case 'InquiryAnswered':
      return ended('ANSWERED_AT_FIRST_CONTACT', event);
    case 'PersonalInquiryDeclined':
      return ended('DECLINED_PERSONAL', event);
    case 'CaseCancelledAsDuplicate':
      return ended('CANCELLED_DUPLICATE', event);
    case 'CaseRedirectedOutOfJurisdiction':
      return ended('REDIRECTED', event);
    default:
      return evolveSolving(state, event);
  }
}

function ended(outcome: ClosureOutcome, event: DispatchInput): Partial<DispatchCase> {
  return { ending: { outcome, ...(event.metadata === undefined ? {} : { by: event.metadata }) } };
}

function present(
  values: Readonly<Record<string, string | boolean | undefined>>,
): Record<string, string | boolean> {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string | boolean] => entry[1] !== undefined),
  );
}
