import { breaksLineSeparation } from '@balagh/case-events';
import { type ActionField, type Situation } from './action';
import { actionCatalogue } from './action-catalogue';
import { type Staff, belongsToParty } from './staff';

export interface NextAction {
  readonly action: string;
  readonly primary: boolean;
  readonly fields: readonly ActionField[];
}

/**
 * What this person can do to this case now, usual step first. An offer only: the deciding service has the last word.
 * Acts of the responsible party are offered to its own people only, and nobody is offered a second line of the same case (MUS-16).
 */
export function nextActions(situation: Situation, staff: Staff): readonly NextAction[] {
  const own = belongsToParty(situation.view.owner, staff.party);
  const { linesHeld, profile } = situation;
  const separate = (permission: string): boolean =>
    breaksLineSeparation(staff.lineOf(permission, linesHeld), linesHeld, profile.linesHeldTogether);
  return actionCatalogue
    .filter((d) => staff.may(d.permission) && d.offered(situation) && (!staff.confinedToParty || own))
    .filter((d) => !separate(d.permission))
    .map((d) => ({ action: d.action, primary: d.primary?.(situation) ?? false, fields: d.fields(situation) }))
    .sort((a, b) => Number(b.primary) - Number(a.primary));
}
