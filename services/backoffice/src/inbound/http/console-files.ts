import { existsSync } from 'node:fs';
import { join } from 'node:path';
import express, { type NextFunction, type Request, type Response } from 'express';

/** Scripts, styles, fonts and data from here only; nobody may frame us. Styles: the component library sets them at run time. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const ours = /^\/(api|auth|internal|healthz|readyz|metrics)(\/|$)/;

/** Headers of every answer, whoever gives it. */
export function securityHeaders(request: Request, response: Response, next: NextFunction): void {
  response.setHeader('content-security-policy', contentSecurityPolicy);
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader('permissions-policy', 'camera=(), microphone=(), geolocation=(self)');
  response.setHeader('cross-origin-opener-policy', 'same-origin');
  if (request.secure) response.setHeader('strict-transport-security', 'max-age=31536000');
  if (/^\/(api|auth|internal)\//.test(request.originalUrl)) response.setHeader('cache-control', 'no-store');
  next();
}

/**
 * Serves the built console. Files with a hash in their name never change; every other address of the console is its
 * start page, which is always asked for again.
 */
export function consoleFiles(directory = join(__dirname, '../../../../console/dist')) {
  const files = express.static(directory, {
    index: false,
    redirect: false,
    setHeaders: (response: Response, path: string) => {
      const hashed = /[\\/]assets[\\/]/.test(path);
      response.setHeader('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  const start = join(directory, 'index.html');
  return (request: Request, response: Response, next: NextFunction): void => {
    const [path = '/'] = request.originalUrl.split('?');
    if ((request.method !== 'GET' && request.method !== 'HEAD') || ours.test(path)) {
      next();
      return;
    }
    // Nest mounts middleware under a wildcard, and Express then hides the matched path from `url`.
    const mounted = request.url;
    request.url = request.originalUrl;
    files(request, response, () => {
      request.url = mounted;
      if (path.startsWith('/assets/') || !existsSync(start)) {
        next();
        return;
      }
      response.setHeader('cache-control', 'no-cache');
      response.sendFile(start);
    });
  };
}
