import * as openid from 'openid-client';
import {
  type IdentityProvider,
  type SignInAttempt,
  type Tokens,
  IdentityUnavailable,
  SignInFailed,
} from '../application/identity-provider.port';

export interface OpenIdOptions {
  readonly issuerUrl: string;
  readonly clientId: string;
  /** Absent: a public client, proved by PKCE alone. */
  readonly clientSecret?: string | undefined;
  /** Where the issuer sends the browser back to. */
  readonly callbackUrl: string;
  readonly publicUrl: string;
  /** RFC 8707 resource of the access token; absent: the issuer's default. */
  readonly resource?: string | undefined;
  /** Plain http, for an issuer on loopback in demo mode only. */
  readonly allowHttp: boolean;
  readonly now: () => number;
}

const timeoutSeconds = 5;
const attemptMs = 10 * 60_000;
/** When the issuer does not say how long a token lives. */
const assumedSeconds = 300;

export function createOpenIdProvider(options: OpenIdOptions): IdentityProvider {
  let known: Promise<openid.Configuration> | undefined;
  const configuration = async (): Promise<openid.Configuration> => {
    known ??= discover(options);
    try {
      return await known;
    } catch (error) {
      known = undefined;
      throw new IdentityUnavailable('the issuer did not answer', { cause: error });
    }
  };
  return {
    begin: async (returnTo) => begin(await configuration(), options, returnTo),
    complete: async (callback, attempt) => {
      const checks = {
        pkceCodeVerifier: attempt.verifier,
        expectedState: attempt.state,
        expectedNonce: attempt.nonce,
      };
      const config = await configuration();
      return tokensOf(
        await asked(() => openid.authorizationCodeGrant(config, callback, checks)),
        options.now(),
      );
    },
    refresh: async (refreshToken) => {
      const config = await configuration();
      return tokensOf(
        await asked(() => openid.refreshTokenGrant(config, refreshToken, resourceOf(options))),
        options.now(),
      );
    },
    endAddress: async () => endAddress(await configuration(), options),
  };
}

function discover(options: OpenIdOptions): Promise<openid.Configuration> {
  const authentication =
    options.clientSecret === undefined ? openid.None() : openid.ClientSecretBasic(options.clientSecret);
  return openid.discovery(new URL(options.issuerUrl), options.clientId, undefined, authentication, {
    timeout: timeoutSeconds,
    execute: options.allowHttp ? [openid.allowInsecureRequests] : [],
  });
}

async function begin(
  config: openid.Configuration,
  options: OpenIdOptions,
  returnTo: string,
): Promise<{ address: string; attempt: SignInAttempt }> {
  const attempt: SignInAttempt = {
    state: openid.randomState(),
    nonce: openid.randomNonce(),
    verifier: openid.randomPKCECodeVerifier(),
    returnTo,
    expiresAt: options.now() + attemptMs,
  };
  const address = openid.buildAuthorizationUrl(config, {
    redirect_uri: options.callbackUrl,
    scope: 'openid offline_access',
    state: attempt.state,
    nonce: attempt.nonce,
    code_challenge: await openid.calculatePKCECodeChallenge(attempt.verifier),
    code_challenge_method: 'S256',
    ...resourceOf(options),
  });
  return { address: address.href, attempt };
}

function endAddress(config: openid.Configuration, { publicUrl }: OpenIdOptions): string | undefined {
  if (config.serverMetadata().end_session_endpoint === undefined) return undefined;
  return openid.buildEndSessionUrl(config, { post_logout_redirect_uri: `${publicUrl}/` }).href;
}

const resourceOf = ({ resource }: OpenIdOptions): Record<string, string> =>
  resource === undefined ? {} : { resource };

/** An answer that refuses is final; no answer may be asked again. */
async function asked<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const refused =
      error instanceof openid.ResponseBodyError ||
      error instanceof openid.AuthorizationResponseError ||
      isClientError(error);
    if (refused) throw new SignInFailed('the issuer refused', { cause: error });
    throw new IdentityUnavailable('the issuer did not answer', { cause: error });
  }
}

/** State, nonce or signature that do not fit: the sign-in cannot succeed, however often it is tried. */
function isClientError(error: unknown): boolean {
  return (
    error instanceof openid.ClientError && error.code !== 'OAUTH_TIMEOUT' && error.code !== 'OAUTH_ABORT'
  );
}

function tokensOf(
  answer: openid.TokenEndpointResponse & openid.TokenEndpointResponseHelpers,
  now: number,
): Tokens {
  return {
    accessToken: answer.access_token,
    expiresAt: now + (answer.expires_in ?? assumedSeconds) * 1_000,
    ...(answer.refresh_token === undefined ? {} : { refreshToken: answer.refresh_token }),
  };
}
