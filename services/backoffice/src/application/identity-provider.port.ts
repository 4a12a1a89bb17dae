import { z } from 'zod';

/** What the issuer gave for one person; stays on the server. */
export const tokensSchema = z.object({
  accessToken: z.string(),
  /** Milliseconds since 1970. */
  expiresAt: z.number(),
  refreshToken: z.string().optional(),
});
export type Tokens = z.infer<typeof tokensSchema>;

/** One sign-in that is under way; kept, sealed, in the browser that began it. */
export const attemptSchema = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  returnTo: z.string(),
  expiresAt: z.number(),
});
export type SignInAttempt = z.infer<typeof attemptSchema>;

/** OpenID Connect, authorization code with PKCE (design §3.12). */
export interface IdentityProvider {
  /** Where the browser goes to sign in. @throws IdentityUnavailable */
  begin(returnTo: string): Promise<{ readonly address: string; readonly attempt: SignInAttempt }>;
  /** Exchanges the code that the browser came back with. @throws SignInFailed, IdentityUnavailable */
  complete(callback: URL, attempt: SignInAttempt): Promise<Tokens>;
  /** @throws SignInFailed when the issuer no longer accepts it; IdentityUnavailable */
  refresh(refreshToken: string): Promise<Tokens>;
  /** Where the issuer's own session ends; undefined when it offers no such page. Carries no token: addresses are logged. */
  endAddress(): Promise<string | undefined>;
}

export class SignInFailed extends Error {
  readonly code = 'SIGN_IN_FAILED';
  readonly retriable = false;
}

export class IdentityUnavailable extends Error {
  readonly code = 'IDENTITY_UNAVAILABLE';
  readonly retriable = true;
}
