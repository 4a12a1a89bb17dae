import { type StoredEvent } from '@balagh/case-events';

/** A delivery to a partner agency, as the agency's list shows it. */
export interface Transfer {
  readonly transferId: string;
  readonly caseId: string;
  readonly tenant: string;
  readonly caseNumber: string;
  readonly agency: string;
  readonly category: string;
  /** RFC 3339. */
  readonly transferredAt: string;
  readonly dueAt: string;
  readonly acknowledged: boolean;
  /** The agency has it still: nothing was returned, and the case is open. */
  readonly open: boolean;
  /** Number of events folded. */
  readonly version: number;
}

interface Folding {
  readonly caseNumber: string;
  readonly category: string;
  readonly transfers: readonly Transfer[];
}

/** Every transfer of a case; at most the last one is open. */
export function transfersOf(caseId: string, events: readonly StoredEvent[]): readonly Transfer[] {
  const initial: Folding = { caseNumber: '', category: '', transfers: [] };
  const { transfers } = events.reduce(
    (state, event) => ({ ...state, ...changes(state, event, caseId) }),
    initial,
  );
  return transfers.map((transfer) => ({ ...transfer, version: events.length }));
}

function changes(state: Folding, event: StoredEvent, caseId: string): Partial<Folding> {
  switch (event.type) {
    case 'CaseRegistered':
      return { caseNumber: event.data.caseNumber, category: event.data.category };
    case 'CaseClassified':
      return { category: event.data.category };
    case 'CaseTransferred': {
      const { transferId, agency, dueAt } = event.data;
      const { tenant, recordedAt: transferredAt } = event.metadata;
      const { caseNumber, category } = state;
      const begun = { transferId, caseId, tenant, caseNumber, agency, category, transferredAt, dueAt };
      return { transfers: [...state.transfers, { ...begun, acknowledged: false, open: true, version: 0 }] };
    }
    case 'Acknowledged':
      return { transfers: lastOpen(state, { acknowledged: true }) };
    case 'DueDateRecomputed':
      return { transfers: lastOpen(state, { dueAt: event.data.dueAt }) };
    case 'ResolutionReturned':
    case 'CaseReturnedAsMisrouted':
    case 'CaseReferred':
    case 'CaseClosed':
      return { transfers: lastOpen(state, { open: false }) };
    default:
      return {};
  }
}

function lastOpen({ transfers }: Folding, change: Partial<Transfer>): readonly Transfer[] {
  return transfers.map((transfer) => (transfer.open ? { ...transfer, ...change } : transfer));
}
