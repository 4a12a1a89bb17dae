import {
  type Actor,
  type Line,
  type LinePair,
  type StoredEvent,
  breaksLineSeparation,
  linesHeldBy,
} from '@balagh/case-events';
import { type CommandContext } from '@balagh/event-store';
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

const lineOfRole: readonly (readonly [Role, Line])[] = [
  ['LINE1', '1'],
  ['OPERATOR', '1'],
  ['LINE2', '2'],
  ['SUPERVISOR', '2'],
  ['LINE3', '3'],
];

/**
 * The line that acts when this principal uses this action. An act that several of his lines may do is done on the one that he
 * holds on the case already.
 */
export function lineOf(principal: Principal, action: Action, held: readonly Line[] = []): Line {
  const lines = linesOf(principal, action);
  return lines.find((line) => held.includes(line)) ?? lines[0] ?? 'system';
}

/** All lines on which this principal may use this action. */
export function linesOf(principal: Principal, action: Action): readonly Line[] {
  if (principal.kind === 'partner') return ['partner'];
  const lines = lineOfRole.flatMap(([role, line]) =>
    principal.roles.includes(role) && permits([role], action) ? [line] : [],
  );
  return [...new Set(lines)];
}

/**
 * Nobody of the staff acts on two lines of one case unless its organisation says so (MUS-16, docs/adr/0021). `history` is the
 * case as the decision sees it. @throws AccessDenied `LINE_ALREADY_HELD`
 */
export function demandOneLine(
  { actor, line, action = '' }: Pick<CommandContext, 'actor' | 'line' | 'action'>,
  history: readonly StoredEvent[],
  heldTogether: readonly LinePair[],
): void {
  if (actor.kind !== 'staff') return;
  if (breaksLineSeparation(line, linesHeldBy(actor.id, history), heldTogether))
    throw new AccessDenied('LINE_ALREADY_HELD', action);
}

/**
 * Contracted operators work only on what their own company opened (BAH-14); whoever holds another role that permits the action is
 * not confined.
 */
export function ownContactsOnly({ roles }: Principal, action: Action): boolean {
  const others = roles.filter((role) => role !== 'OPERATOR');
  return roles.includes('OPERATOR') && !permits(others, action);
}

/** `openedBy`: organisation of whoever opened the case. @throws AccessDenied `CASE_FOREIGN` when it is not an operator's own contact */
export function demandOwnContact(principal: Principal, action: Action, openedBy: string | undefined): void {
  if (ownContactsOnly(principal, action) && openedBy !== principal.organisation)
    throw new AccessDenied('CASE_FOREIGN', action);
}
