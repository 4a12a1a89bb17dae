import { randomUUID } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Action } from '@balagh/runtime';
import { type Garbage, nastyTexts } from './garbage';
import { type LaunchedEndpoints } from './launched-system';

const root = join(__dirname, '../../..');

export interface HttpOperation {
  readonly process: string;
  readonly method: string;
  /** Address of the process. */
  readonly base: string;
  /** With `{name}` for what is put in. */
  readonly path: string;
  /** Marked `@Public()`: no token is asked for. */
  readonly open: boolean;
}

/** `backoffice GET /api/tenants/{tenant}/cases` */
export const nameOf = ({ process, method, path }: HttpOperation): string => `${process} ${method} ${path}`;

/** Every route of every service, read from the controllers' sources: a new one is tested from its first day. */
export function httpOperations(endpoints: Pick<LaunchedEndpoints, 'http'>): readonly HttpOperation[] {
  const everywhere = routesIn('libs/runtime/src');
  return Object.entries(endpoints.http).flatMap(([process, base]) =>
    [...everywhere, ...routesIn(`services/${process}/src/inbound/http`)].map((route) => ({
      ...route,
      process,
      base,
    })),
  );
}

type Route = Pick<HttpOperation, 'method' | 'path' | 'open'>;

function routesIn(folder: string): readonly Route[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.controller.ts'))
    .flatMap((file) => routesOf(readFileSync(join(root, folder, file), 'utf8')));
}

/** @throws when a decorator is written in a way that this does not read */
export function routesOf(source: string): readonly Route[] {
  const controller = /((?:^@[^\n]*\n)*)^@Controller\((?:'([^']*)')?\)\n((?:@[^\n]*\n)*)/m.exec(source);
  if (controller === null) throw new Error('a controller without a readable @Controller');
  const [, above = '', prefix = '', below = ''] = controller;
  const open = /^@Public\(\)/m.test(above + below);
  const routes = [
    ...source.matchAll(/((?:^ {2}@[^\n]*\n)*)^ {2}@(Get|Post|Put|Patch|Delete|Sse|All)\((?:'([^']*)')?\)/gm),
  ];
  if (
    routes.length !==
    [...source.matchAll(/^ *@(?:Get|Post|Put|Patch|Delete|Sse|All|Head|Options|Search)\(/gm)].length
  )
    throw new Error('a route whose decorator is not readable');
  return routes.map(([, before = '', method = '', path = '']) => ({
    method: method === 'Sse' ? 'GET' : method.toUpperCase(),
    path: `/${[prefix, path].filter((part) => part !== '').join('/')}`.replace(/:(\w+)/g, '{$1}'),
    open: open || before.includes('@Public()'),
  }));
}

/** What each route that is not open needs of the permission table; `signed-in`: any account of the organisation. */
export const httpActionOf: Readonly<Record<string, Action | 'signed-in'>> = {
  'backoffice GET /api/me': 'signed-in',
  'backoffice GET /api/tenants/{tenant}/profile': 'signed-in',
  'backoffice GET /api/tenants/{tenant}/cases': 'case.view',
  'backoffice GET /api/tenants/{tenant}/counts': 'case.view',
  'backoffice GET /api/tenants/{tenant}/cases/{id}': 'case.view',
  'backoffice POST /api/tenants/{tenant}/cases': 'case.open',
  'backoffice POST /api/tenants/{tenant}/cases/{id}/actions/{action}': 'case.close',
  'backoffice POST /api/tenants/{tenant}/cases/{id}/attachments': 'case.attach',
  'backoffice GET /api/tenants/{tenant}/events': 'case.view',
  'routing GET /internal/routing-quality/{tenant}': 'case.view',
  ...Object.fromEntries(
    ['backoffice', 'intake', 'routing', 'dispatch', 'notification', 'history'].flatMap(
      (process): [string, Action][] => [
        [`${process} POST /internal/rebuild`, 'projection.rebuild'],
        [`${process} GET /internal/parked`, 'feed.redrive'],
        [`${process} POST /internal/redrive`, 'feed.redrive'],
      ],
    ),
  ),
};

/** The only routes that ask for no token: health, what is told to anybody, and the citizens’ entrance, which is limited. */
export const openRoutes: readonly string[] = [
  'GET /healthz',
  'GET /readyz',
  'GET /metrics',
  'intake GET /',
  'intake GET /{tenant}',
  'intake GET /v1/organisations',
  'intake GET /v1/{tenant}/form',
  'intake POST /v1/{tenant}/status-requests',
  'intake POST /v1/{tenant}/reports',
  'intake PATCH /v1/{tenant}/reports/{reportId}',
  'intake POST /v1/{tenant}/reports/{reportId}/attachments',
  'intake POST /v1/{tenant}/reports/{reportId}/registration',
  'backoffice GET /auth/sign-in',
  'backoffice GET /auth/callback',
  'backoffice POST /auth/sign-out',
];

/** A request without anything in it, to see who is let in. */
export async function knock(
  { method, base, path }: HttpOperation,
  tenant: string,
  token?: string,
): Promise<{ readonly status: number; readonly code: string }> {
  const filled = path
    .replace('{tenant}', tenant)
    .replace('{action}', 'close')
    .replace(/\{\w+\}/g, randomUUID());
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), 15_000);
  try {
    const answer = await fetch(`${base}${filled}`, {
      method,
      redirect: 'manual',
      headers: {
        'x-balagh-console': '1',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      signal: stop.signal,
    });
    // A stream of events never ends by itself.
    const endless = (answer.headers.get('content-type') ?? '').includes('event-stream');
    const text = endless ? '' : await answer.text();
    const problem = (answer.headers.get('content-type') ?? '').includes('problem+json')
      ? (JSON.parse(text) as { code?: string })
      : {};
    return { status: answer.status, code: problem.code ?? '' };
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
}

export interface GarbageRequest {
  readonly url: string;
  readonly init: RequestInit;
  /** For the reader of a failure. */
  readonly what: string;
}

export function garbageRequest(
  { method, base, path }: HttpOperation,
  garbage: Garbage,
  token: string,
): GarbageRequest {
  const put = (name: string): string => {
    if (name === 'tenant' && garbage.count(4) > 0) return 'MUS';
    if (garbage.count(4) === 0)
      return garbage.oneOf(['%', '%ff', '%00', '%ED%A0%80', '..%2f..%2f', '%E2%80%AE']);
    return garbage.count(3) === 0 ? randomUUID() : encodeURIComponent(garbage.oneOf(storable).slice(0, 300));
  };
  const query = garbage.oneOf([
    'cursor',
    'stage',
    'code',
    'state',
    'overdue',
    'page',
    '__proto__',
    'a[b][c]',
  ]);
  const asked = garbage.count(2) === 0 ? '' : `?${encodeURIComponent(query)}=${put('value')}`;
  const filled = `${path.replace(/\{(\w+)\}/g, (_, name: string) => put(name))}${asked}`;
  const headers: Record<string, string> = {
    'x-balagh-console': '1',
    ...keyed(garbage),
    ...(path.startsWith('/v1') ? {} : { authorization: `Bearer ${token}` }),
  };
  if (garbage.count(6) === 0)
    headers['authorization'] = garbage.oneOf([
      'Bearer',
      'Bearer a.b.c',
      'Basic eDp5',
      `Bearer ${'x'.repeat(7_000)}`,
    ]);
  const body = method === 'GET' ? undefined : bodyOf(garbage, headers);
  return {
    url: `${base}${filled}`,
    init: { method, headers, ...(body === undefined ? {} : { body }) },
    what: `${method} ${filled.slice(0, 120)} ${headers['content-type'] ?? ''} ${typeof body === 'string' ? body.slice(0, 160) : ''}`,
  };
}

/** What an address can hold. */
const storable = nastyTexts.filter((text) => !/\p{Surrogate}/u.test(text));

function keyed(garbage: Garbage): Record<string, string> {
  const keys = [
    '',
    'x',
    '3f1f8f0e-1111-4111-8111-111111111111',
    randomUUID(),
    randomUUID(),
    '../..',
    'k'.repeat(4_000),
  ];
  return garbage.count(5) === 0
    ? {}
    : { 'idempotency-key': garbage.oneOf(keys), 'report-token': garbage.oneOf(keys) };
}

/** The head of a picture that says it is 60,000 pixels wide and high, and nothing of it. */
const bombPng = Buffer.from('89504e470d0a1a0a0000000d494844520000ea600000ea600806000000', 'hex').toString(
  'latin1',
);
/** Ten megabytes of spaces in a few kilobytes. */
const bomb = gzipSync(Buffer.from(`{"form":{"details":"${' '.repeat(10_000_000)}"}}`));

/** Sets the content type that goes, or does not go, with the body. */
function bodyOf(garbage: Garbage, headers: Record<string, string>): string | Buffer {
  const json = JSON.stringify(garbage.json());
  const part = `--b\r\ncontent-disposition: form-data; name="report"\r\n\r\n${json}\r\n`;
  const file = `--b\r\ncontent-disposition: form-data; name="photos"; filename="a\u202e.png"\r\ncontent-type: image/png\r\n\r\nnot a picture\r\n`;
  const [type, body] = garbage.oneOf<readonly [string, string | Buffer]>([
    ['application/json', json],
    ['application/json', json],
    ['application/json', json.slice(0, garbage.count(json.length))],
    ['application/json', '['.repeat(100_000)],
    ['application/json', `{"a":"${'x'.repeat(300_000)}"}`],
    ['application/json', Buffer.from([0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00])],
    ['application/json; charset=utf-7', json],
    ['application/json; charset=utf-16', json],
    ['text/plain', json],
    ['application/xml', '<a/>'],
    ['application/x-www-form-urlencoded', 'report=%ff&a[b]=1&__proto__[x]=1'],
    ['multipart/form-data; boundary=b', `${part}${file}--b--\r\n`],
    ['multipart/form-data; boundary=b', `${part}${file}`],
    ['multipart/form-data; boundary=b', part.slice(0, 40)],
    ['multipart/form-data; boundary=other', `${part}--b--\r\n`],
    ['multipart/form-data', part],
    ['multipart/form-data; boundary=b', `${part.repeat(30)}--b--\r\n`],
    [
      'multipart/form-data; boundary=b',
      `${part}${file.replace('a\u202e.png', '../../../etc/passwd')}--b--\r\n`,
    ],
    ['multipart/form-data; boundary=b', `${part}${file.replace('not a picture', bombPng)}--b--\r\n`],
    ['multipart/mixed; boundary=b', `${part}--b--\r\n`],
    [`multipart/form-data; boundary=${'b'.repeat(300)}`, `${part}--b--\r\n`],
    [
      'multipart/form-data; boundary=b',
      `--b\r\ncontent-disposition: form-data; name="surprise"; filename="x"\r\n\r\nx\r\n--b--\r\n`,
    ],
    ['', json],
  ]);
  if (type !== '') headers['content-type'] = type;
  if (type === 'application/json' && garbage.count(6) === 0) {
    headers['content-encoding'] = 'gzip';
    return bomb;
  }
  if (garbage.count(10) === 0) headers['content-encoding'] = garbage.oneOf(['gzip', 'br', 'what']);
  return body;
}
