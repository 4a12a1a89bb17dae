import { type Request, type Response } from 'express';

/**
 * Names and flags of our cookies. Over https the session cookie has the `__Host-` prefix. Over plain http (demo mode on
 * loopback) browsers disagree about Secure cookies — Chromium keeps them on localhost, Safari drops them — so there it
 * is named plainly and not Secure.
 */
export interface SessionCookies {
  session(request: Request): string | undefined;
  setSession(response: Response, value: string): void;
  clearSession(response: Response): void;
  attempt(request: Request): string | undefined;
  setAttempt(response: Response, value: string): void;
  clearAttempt(response: Response): void;
}

const attemptMaxAgeMs = 10 * 60_000;

export function sessionCookies(publicUrl: string): SessionCookies {
  const secure = publicUrl.startsWith('https:');
  const prefix = secure ? '__Host-' : '';
  const session = `${prefix}balagh`;
  const attempt = `${prefix}balagh-sign-in`;
  const flags = { httpOnly: true, secure, sameSite: 'lax', path: '/' } as const;
  return {
    session: (request) => cookieOf(request, session),
    setSession: (response, value) => void response.cookie(session, value, flags),
    clearSession: (response) => void response.clearCookie(session, flags),
    attempt: (request) => cookieOf(request, attempt),
    setAttempt: (response, value) =>
      void response.cookie(attempt, value, { ...flags, maxAge: attemptMaxAgeMs }),
    clearAttempt: (response) => void response.clearCookie(attempt, flags),
  };
}

function cookieOf(request: Request, name: string): string | undefined {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim());
  const found = pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
  return found !== undefined && /^[\w-]{20,4000}$/.test(found) ? found : undefined;
}
