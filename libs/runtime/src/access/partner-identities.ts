import { readFileSync, statSync } from 'node:fs';
import { type PeerCertificate } from 'node:tls';
import { z } from 'zod';
import { type Clock } from '../clock';
import { Unauthenticated } from '../errors/errors';
import { type Action, permissions } from './permissions';
import { type Principal } from './principal';

/** Who calls on the agencies' entrance: the client certificate that mutual TLS has already verified against the CA. */
export interface PartnerIdentities {
  /** @throws Unauthenticated `CERTIFICATE_UNKNOWN` when the certificate is not listed, or is outside its time */
  principalOf(certificate: PeerCertificate | undefined): Principal;
}

/** Nest injection token of the `PartnerIdentities`; null where there is no entrance for agencies. */
export const PARTNER_IDENTITIES = Symbol('balagh.partner-identities');

const scopes = permissions.PARTNER as readonly [Action, ...Action[]];
const fileSchema = z.strictObject({
  identities: z.array(
    z.strictObject({
      /** The certificate's SPIFFE id (a URI among its subject alternative names) or its SHA-256 fingerprint. */
      certificate: z
        .string()
        .regex(/^(spiffe:\/\/[a-z0-9._-]+(\/[\w.-]+)+|sha256:[0-9A-F]{2}(:[0-9A-F]{2}){31})$/),
      agency: z.string().regex(/^[A-Z][A-Z0-9_-]{0,63}$/),
      tenants: z.array(z.string().min(1)).min(1).max(200),
      /** What it may do of what agencies may do; absent: all of it. */
      scopes: z.array(z.enum(scopes)).min(1).optional(),
    }),
  ),
});
type Listed = z.infer<typeof fileSchema>['identities'][number];

/** Milliseconds after which a changed file is noticed. */
const noticedAfterMs = 2_000;

/**
 * Certificate → agency → scopes, from a file (design §3.12). Removing a line shuts the agency out within two seconds, also on
 * connections that are open; a file that cannot be read any more leaves the last good list in force.
 * @throws ZodError, SyntaxError or a system error when the file is unusable at the start
 */
export function createPartnerIdentities(path: string, clock: Clock): PartnerIdentities {
  let listed = read(path);
  let changedAt = statSync(path).mtimeMs;
  let lookedAt = clock.now().getTime();
  const current = (): ReadonlyMap<string, Listed> => {
    const now = clock.now().getTime();
    if (Math.abs(now - lookedAt) < noticedAfterMs) return listed;
    lookedAt = now;
    try {
      const { mtimeMs } = statSync(path);
      if (mtimeMs !== changedAt) listed = read(path);
      changedAt = mtimeMs;
    } catch {
      // Half-written or away: the next look decides.
    }
    return listed;
  };
  return {
    principalOf(certificate) {
      const names = certificate === undefined ? [] : namesOf(certificate);
      const found = names.map((name) => current().get(name)).find((listed) => listed !== undefined);
      if (certificate === undefined || found === undefined || !isInTime(certificate, clock.now()))
        throw new Unauthenticated('CERTIFICATE_UNKNOWN');
      return principalOf(found);
    },
  };
}

function read(path: string): ReadonlyMap<string, Listed> {
  const { identities } = fileSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  return new Map(identities.map((identity) => [identity.certificate, identity]));
}

/** Fingerprint first: a line for one certificate goes before the line for its name. */
function namesOf(certificate: PeerCertificate): string[] {
  const uris = (certificate.subjectaltname ?? '').split(', ').filter((name) => name.startsWith('URI:'));
  return [`sha256:${certificate.fingerprint256}`, ...uris.map((uri) => uri.slice('URI:'.length))];
}

/** A connection outlives the handshake: the certificate's end is looked at with every call. */
function isInTime({ valid_from, valid_to }: PeerCertificate, now: Date): boolean {
  return Date.parse(valid_from) <= now.getTime() && now.getTime() < Date.parse(valid_to);
}

function principalOf({ agency, tenants, scopes: held }: Listed): Principal {
  const roles = ['PARTNER'] as const;
  return {
    subject: `agency.${agency.toLowerCase().replaceAll('_', '-')}`,
    kind: 'partner',
    organisation: agency,
    tenants,
    roles,
    agency,
    ...(held === undefined ? {} : { scopes: held }),
  };
}
