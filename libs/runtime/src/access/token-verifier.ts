import type * as Jose from 'jose';
import { createRequire } from 'node:module';
import { z } from 'zod';
import { IssuerUnavailable, Unauthenticated } from '../errors/errors';
import { principalOfClaims } from './claims';
import { type Principal } from './principal';
import { VerifiedTokens } from './verified-tokens';

export interface TokenVerifier {
  /** @throws Unauthenticated; IssuerUnavailable (retriable) when the keys cannot be fetched */
  verify(token: string): Promise<Principal>;
}

/** Nest injection token of the `TokenVerifier`. */
export const TOKEN_VERIFIER = Symbol('balagh.token-verifier');

export interface TokenVerifierOptions {
  readonly issuer: string;
  readonly audience: string;
  /** Milliseconds for each request to the issuer. Default 3,000. */
  readonly timeoutMs?: number;
  /** Milliseconds before an unknown key id, or an issuer that did not answer, makes us ask again. Default 30,000. */
  readonly cooldownMs?: number;
  /** Milliseconds for which a verified token is not verified again, unless it ends or keys are fetched before. Default 60,000. */
  readonly keepMs?: number;
  /** Production: an issuer that says of itself that it is for demonstrations is none. Default false. */
  readonly refuseDemonstrations?: boolean;
}

/** Asymmetric ones only: a verifier that took HMAC would take the public key for a secret, and `none` for a signature. */
const algorithms = [
  ...['ES256', 'ES384', 'ES512', 'EdDSA'],
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
];
const discoverySchema = z.object({
  issuer: z.string(),
  jwks_uri: z.url({ protocol: /^https?$/ }),
  /** Ours says so (infra/identity); its accounts and their password are public. */
  balagh_demonstration: z.boolean().optional(),
});
type Keys = Jose.JWTVerifyGetKey;

const clockToleranceSeconds = 5;
/** Milliseconds for which keys serve, whether or not the issuer can be reached. */
const keysServeMs = 600_000;
/** Milliseconds after which they are fetched anew beside the work: an issuer that is away for less than the rest is not missed. */
const refreshAfterMs = 300_000;

/** Loaded when the first token comes: most specifications and tools that import this library never verify one. */
let loaded: typeof Jose | undefined;
function jose(): typeof Jose {
  loaded ??= createRequire(__filename)('jose') as typeof Jose;
  return loaded;
}

/**
 * Verifies JWT access tokens of one issuer; its keys are discovered at first use, serve for ten minutes and are fetched anew after five. A
 * token that was verified is remembered for a minute: a key that the issuer withdraws ends with the next fetch of its keys, at the latest
 * after these eleven minutes.
 */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const { issuer, audience, keepMs = 60_000 } = options;
  const verified = new VerifiedTokens(keepMs);
  let discovered: Promise<Keys> | undefined;
  const keysOnce = (): Promise<Keys> => {
    discovered ??= discoverKeys(options, () => verified.clear()).catch((error: unknown) => {
      discovered = undefined;
      throw error;
    });
    return discovered;
  };
  return {
    async verify(token) {
      const known = verified.principalOf(token);
      if (known !== undefined) return known;
      const payload = await payloadOf(token, await keysOnce(), issuer, audience);
      const principal = principalOfClaims(payload);
      const { exp = 0 } = payload;
      verified.keep(token, principal, (exp + clockToleranceSeconds) * 1_000);
      return principal;
    },
  };
}

async function payloadOf(
  token: string,
  keys: Keys,
  issuer: string,
  audience: string,
): Promise<Jose.JWTPayload> {
  const { errors, jwtVerify } = jose();
  try {
    const verified = await jwtVerify(token, keys, {
      issuer,
      audience,
      algorithms,
      requiredClaims: ['exp', 'sub'],
      clockTolerance: clockToleranceSeconds,
    });
    return verified.payload;
  } catch (error) {
    if (error instanceof IssuerUnavailable) throw error;
    // Subclasses of JOSEError say what is wrong with the token; its time-out, a set of keys that is none and anything else, what is wrong
    // with the issuer.
    const aboutToken =
      error instanceof errors.JOSEError &&
      !(error instanceof errors.JWKSTimeout) &&
      !(error instanceof errors.JWKSInvalid) &&
      error.code !== 'ERR_JOSE_GENERIC';
    if (aboutToken || error instanceof TypeError) throw new Unauthenticated(undefined, { cause: error });
    throw new IssuerUnavailable({ cause: error });
  }
}

/** `fetched`: called whenever keys have come from the issuer. */
async function discoverKeys(options: TokenVerifierOptions, fetched: () => void): Promise<Keys> {
  try {
    return remoteKeys(await keysAddress(options), options, fetched);
  } catch (error) {
    throw new IssuerUnavailable({ cause: error });
  }
}

async function keysAddress(options: TokenVerifierOptions): Promise<URL> {
  const { issuer, timeoutMs = 3_000, refuseDemonstrations = false } = options;
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs), redirect: 'error' });
  if (!response.ok) throw new Error(`discovery answered ${response.status}`);
  const found = discoverySchema.parse(await response.json());
  if (found.issuer !== issuer) throw new Error('discovery names another issuer');
  if (refuseDemonstrations && found.balagh_demonstration === true)
    throw new Error('an issuer of demonstrations is none in production');
  return new URL(found.jwks_uri);
}

function remoteKeys(url: URL, options: TokenVerifierOptions, fetched: () => void): Keys {
  const { timeoutMs = 3_000, cooldownMs = 30_000 } = options;
  const { createRemoteJWKSet, customFetch } = jose();
  let refreshAt = Infinity;
  const fetchKeys: Jose.FetchImplementation = async (address, request) => {
    const response = await fetch(address, request).catch(asUnavailable);
    refreshAt = Date.now() + refreshAfterMs;
    fetched();
    return response;
  };
  const keys = createRemoteJWKSet(url, {
    timeoutDuration: timeoutMs,
    cooldownDuration: cooldownMs,
    cacheMaxAge: keysServeMs,
    [customFetch]: fetchKeys,
  });
  return (header, token) => {
    if (Date.now() >= refreshAt && keys.fresh) {
      refreshAt = Date.now() + cooldownMs;
      keys.reload().catch(() => undefined);
    }
    return keys(header, token);
  };
}

/** Node's fetch fails with a TypeError where nobody answers, and so would a key that does not fit a token. A time-out keeps its name. */
function asUnavailable(error: unknown): never {
  if (error instanceof Error && error.name === 'TimeoutError') throw error;
  throw new IssuerUnavailable({ cause: error });
}
