import { type Action, type Principal, lineOf, ownContactsOnly, permits } from '@balagh/runtime';
import { type Staff } from '../domain/staff';

/** The session's principal as the pure part knows people; `seeing` is the act that line 3 and operators may be confined in. */
export function staffOf(principal: Principal, seeing: Action = 'case.view'): Staff {
  const others = principal.roles.filter((role) => role !== 'LINE3');
  return {
    account: principal.subject,
    may: (action) => permits(principal.roles, action as Action),
    lineOf: (action, held) => lineOf(principal, action as Action, held),
    confinedToParty: !permits(others, seeing),
    ...(ownContactsOnly(principal, seeing) ? { confinedToCompany: principal.organisation } : {}),
    ...(principal.party === undefined ? {} : { party: principal.party }),
  };
}
