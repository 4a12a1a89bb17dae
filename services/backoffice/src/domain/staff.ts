import { type Line, type Owner } from '@balagh/case-events';
import { type CaseRow } from './case-row';

/** What the pure part needs to know about the person at the screen; made from the session's principal. */
export interface Staff {
  readonly account: string;
  /** Whether one of the roles held permits the action (the table is `libs/runtime`'s). */
  readonly may: (action: string) => boolean;
  /** The line on which this person does the action, of several the one already held on the case. */
  readonly lineOf: (action: string, held: readonly Line[]) => Line;
  /** Line 3: its own party; it sees and works on nothing else. */
  readonly party?: { readonly code: string; readonly section?: string };
  /** True when line 3 is the only reason why this person sees cases, or their personal values. */
  readonly confinedToParty: boolean;
  /** A contracted operator's company: such a person sees what its agents opened and nothing else (BAH-14). */
  readonly confinedToCompany?: string;
}

/** Whether a case is the party's own: the owner is the party, and the section, if the account names one, is its own. */
export function belongsToParty(owner: Owner | undefined, party: Staff['party']): boolean {
  if (owner === undefined || party === undefined || owner.code !== party.code) return false;
  return party.section === undefined || owner.section === undefined || owner.section === party.section;
}

/** The right to see a case at all, beyond tenant and role (design §3.12, MUS-16, BAH-14). */
export function maySee(staff: Staff, row: Pick<CaseRow, 'owner' | 'openedByOrganisation'>): boolean {
  const { confinedToCompany: company } = staff;
  if (company !== undefined && row.openedByOrganisation !== company) return false;
  return !staff.confinedToParty || belongsToParty(row.owner, staff.party);
}
