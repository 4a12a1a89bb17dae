import { type Actor, type Line } from '@balagh/case-events';
import { type Action, type Role, permits } from './permissions';
import { AccessDenied } from '../errors/errors';

/** Who calls, from the verified token; never from the payload (design §3.9). */
export interface Principal {
  /** Token subject: an account name, not a person's name. */
  readonly subject: string;
  readonly kind: 'staff' | 'partner';
  /** Organisation that employs the account. */
  readonly organisation: string;
  /** Tenants it may act in (a host's agents hold several, MUS-26). */
  readonly tenants: readonly string[];
  readonly roles: readonly Role[];
  /** Line 3: the party it belongs to, e.g. `ENV_SECTOR`; with a section, only that one. */
  readonly party?: { readonly code: string; readonly section?: string };
  /** Partners: their agency code. */
  readonly agency?: string;
  /** Narrower than the roles: what this credential may do of it. Absent: all that the roles may. */
  readonly scopes?: readonly Action[];
}

/** @throws AccessDenied `TENANT_FOREIGN` or `ACTION_NOT_PERMITTED`; says nothing about whether the case exists */
export function authorise(principal: Principal, action: Action, tenant: string): void {
  if (!principal.tenants.includes(tenant)) throw new AccessDenied('TENANT_FOREIGN', action);
  const scoped = principal.scopes === undefined || principal.scopes.includes(action);
  if (!scoped || !permits(principal.roles, action)) throw new AccessDenied('ACTION_NOT_PERMITTED', action);
}

export function actorOf(principal: Principal): Actor {
  return { kind: principal.kind, id: principal.subject, organisation: principal.organisation };
}

/** The line that acts when this principal uses this action. */
export function lineOf(principal: Principal, action: Action): Line {
  if (principal.kind === 'partner') return 'partner';
  const lines: readonly (readonly [Role, Line])[] = [
    ['LINE1', '1'],
    ['OPERATOR', '1'],
    ['LINE2', '2'],
    ['SUPERVISOR', '2'],
    ['LINE3', '3'],
  ];
  return lines.find(([role]) => principal.roles.includes(role) && permits([role], action))?.[1] ?? 'system';
}

/**
 * Contracted operators work only on what their own company opened (BAH-14); whoever holds another role that permits the action is
 * not confined. @throws AccessDenied `CASE_FOREIGN`
 */
export function demandOwnContact(principal: Principal, action: Action, openedBy: string | undefined): void {
  const others = principal.roles.filter((role) => role !== 'OPERATOR');
  const confined = principal.roles.includes('OPERATOR') && !permits(others, action);
  if (confined && openedBy !== principal.organisation) throw new AccessDenied('CASE_FOREIGN', action);
}
