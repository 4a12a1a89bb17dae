import { type NextFunction, type Request, type Response } from 'express';
import { type Failure, failureOf, replyWithProblem } from '@balagh/runtime';
import { type Sessions } from '../../application/sessions';
import { type SessionCookies } from './session-cookie';

/** Our console sets it on every write; a page of another origin cannot without asking first (CSRF defence). */
export const consoleHeader = 'x-balagh-console';
/** Our console sets it on every request that a person caused, and on none that a screen makes of itself. */
export const actHeader = 'x-balagh-act';
const reading = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Turns the session cookie into the bearer token that the guard of every route verifies: the browser never holds a token.
 * A request that brings its own token is left alone. Writes by cookie need the console's header and our own origin. What a person causes keeps
 * the session alive; what an open screen asks for of itself does not.
 */
export function sessionMiddleware(sessions: Sessions, cookies: SessionCookies, publicUrl: string) {
  const origin = new URL(publicUrl).origin;
  return (request: Request, response: Response, next: NextFunction): void => {
    const cookie = cookies.session(request);
    if (cookie === undefined || request.headers.authorization !== undefined) {
      next();
      return;
    }
    const forged = forgery(request, origin);
    if (forged !== undefined) {
      replyWithProblem(response, forged);
      return;
    }
    sessions.resume(cookie, { used: byPerson(request) }).then(
      (tokens) => {
        if (tokens === undefined) cookies.clearSession(response);
        else request.headers.authorization = `Bearer ${tokens.accessToken}`;
        next();
      },
      (error: unknown) => replyWithProblem(response, failureOf(error)),
    );
  };
}

/** Writes are always a person's: also those of a console that does not know the header yet. */
function byPerson({ method, headers }: Pick<Request, 'method' | 'headers'>): boolean {
  return !reading.has(method) || headers[actHeader] !== undefined;
}

/** A write that another site may have caused. */
export function forgery(request: Pick<Request, 'method' | 'headers'>, origin: string): Failure | undefined {
  if (reading.has(request.method)) return undefined;
  const { origin: from } = request.headers;
  const foreign =
    (from !== undefined && from !== origin) || request.headers['sec-fetch-site'] === 'cross-site';
  if (foreign) return { kind: 'forbidden', code: 'ORIGIN_FOREIGN', details: {} };
  if (request.headers[consoleHeader] === undefined)
    return { kind: 'forbidden', code: 'CONSOLE_HEADER_MISSING', details: {} };
  return undefined;
}

/** The token that authenticated this request, for the services behind. */
export function accessTokenOf(request: Request): string {
  return (request.headers.authorization ?? '').replace(/^Bearer +/i, '');
}
