import { z } from 'zod';
import { Unauthenticated } from '../errors/errors';
import { type Role, roles } from './permissions';
import { type Principal } from './principal';

const claimsSchema = z.object({
  sub: z.string().min(1).max(200),
  kind: z.enum(['staff', 'partner']),
  organisation: z.string().min(1).max(100),
  tenants: z.array(z.string().min(1)).max(200),
  roles: z.array(z.string()),
  party: z.string().min(1).optional(),
  section: z.string().min(1).optional(),
  agency: z.string().min(1).optional(),
});

/**
 * The principal that a verified token speaks of. Roles we do not know are dropped: an issuer may serve other systems too.
 * @throws Unauthenticated when a claim is missing, or a partner's token names no agency
 */
export function principalOfClaims(claims: unknown): Principal {
  const parsed = claimsSchema.safeParse(claims);
  if (!parsed.success) throw new Unauthenticated();
  const { sub, kind, organisation, tenants, party, section, agency } = parsed.data;
  if (kind === 'partner' && agency === undefined) throw new Unauthenticated();
  const known = parsed.data.roles.filter((role): role is Role => (roles as readonly string[]).includes(role));
  return Object.freeze({
    subject: sub,
    kind,
    organisation,
    tenants,
    roles: known,
    ...(party === undefined
      ? {}
      : { party: section === undefined ? { code: party } : { code: party, section } }),
    ...(agency === undefined ? {} : { agency }),
  });
}
