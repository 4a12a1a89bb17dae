import { type Owner, type StoredEvent } from '@balagh/case-events';

/** The row of one case, folded from its whole stream. */
export interface RoutingDecision {
  readonly caseId: string;
  readonly tenant: string;
  readonly jurisdiction: 'IN' | 'OUT';
  readonly screening?: 'SERIOUS' | 'NOT_SERIOUS';
  /** Rule that found the owner, or that put the case outside. */
  readonly ruleId: string;
  readonly owner?: Owner;
  readonly corrections: number;
  readonly misroutes: number;
  /** RFC 3339. */
  readonly decidedAt: string;
  /** Number of events folded. */
  readonly version: number;
}

/** Undefined while the case is not assessed. */
export function routingDecisionOf(
  caseId: string,
  events: readonly StoredEvent[],
): RoutingDecision | undefined {
  return events.reduce<RoutingDecision | undefined>((row, event) => {
    const next = evolve(row, event, caseId);
    return next === undefined ? undefined : { ...next, version: event.revision + 1 };
  }, undefined);
}

function evolve(
  row: RoutingDecision | undefined,
  event: StoredEvent,
  caseId: string,
): RoutingDecision | undefined {
  if (event.type === 'JurisdictionAssessed') {
    const { result: jurisdiction, ruleId } = event.data;
    const { tenant, recordedAt: decidedAt } = event.metadata;
    return { caseId, tenant, jurisdiction, ruleId, corrections: 0, misroutes: 0, decidedAt, version: 0 };
  }
  if (row === undefined) return undefined;
  switch (event.type) {
    case 'CaseScreened':
      return { ...row, screening: event.data.result };
    case 'CaseRouted':
      return { ...row, owner: event.data.owner, ruleId: event.data.ruleId };
    case 'RoutingCorrected':
      return { ...row, owner: event.data.owner, corrections: row.corrections + 1 };
    case 'CaseReturnedAsMisrouted':
      return { ...row, misroutes: event.data.count };
    default:
      return row;
  }
}
