import {
  type CaseEvent,
  type Lifecycle,
  type Owner,
  type RoutingEvent,
  evolveLifecycle,
  initialLifecycle,
} from '@balagh/case-events';
import { type Facts } from '@balagh/profile';

type Registered = Extract<CaseEvent, { type: 'CaseRegistered' }>['data'];
type Filling = Extract<CaseEvent, { type: 'FormFilled' }>['data'];

/** What routing decides on. The complainant's identity is not in it (KWT-31). */
export interface RoutingCase extends Lifecycle {
  readonly registered?: Registered;
  readonly clientType?: string | undefined;
  readonly jurisdiction?: 'IN' | 'OUT';
  /** The owner in force: by rule, or as a person corrected it. */
  readonly owner?: Owner;
  readonly queue?: string;
  readonly lastCorrection?: { readonly owner: Owner; readonly reason: string };
  readonly misroutes: number;
}

export const initialRoutingCase: RoutingCase = { ...initialLifecycle, misroutes: 0 };

export function evolveRoutingCase(state: RoutingCase, event: CaseEvent): RoutingCase {
  return { ...state, ...changes(event), ...evolveLifecycle(state, event) };
}

export function foldRoutingCase(events: readonly CaseEvent[]): RoutingCase {
  return events.reduce(evolveRoutingCase, initialRoutingCase);
}

function changes(event: CaseEvent): Partial<RoutingCase> {
  switch (event.type) {
    case 'FormFilled':
      return clientTypeOf(event.data);
    case 'CaseRegistered':
      return { registered: event.data };
    case 'JurisdictionAssessed':
      return { jurisdiction: event.data.result };
    case 'CaseRouted':
      return { owner: event.data.owner, queue: event.data.secondLineQueue };
    case 'RoutingCorrected': {
      const { owner, reason, secondLineQueue } = event.data;
      return { owner, queue: secondLineQueue, lastCorrection: { owner, reason } };
    }
    case 'CaseReturnedAsMisrouted':
      return { misroutes: event.data.count };
    default:
      return {};
  }
}

function clientTypeOf({ form, cleared = [] }: Filling): Partial<RoutingCase> {
  const { clientType } = form;
  return clientType === undefined && !cleared.includes('clientType') ? {} : { clientType };
}

/** The non-personal answers that rules may look at; names as in `@balagh/profile`. */
export function factsOf({ registered, clientType }: RoutingCase): Facts {
  if (registered === undefined) return {};
  const { caseType, category, subject, channel, sector, directorate, section } = registered;
  const { saleChannel, shopLicensed, otherBody, theme } = registered;
  return {
    caseType,
    category,
    subject,
    channel,
    sector,
    directorate,
    section,
    saleChannel,
    shopLicensed,
    otherBody,
    theme,
    clientType,
  };
}

export type { RoutingEvent };
