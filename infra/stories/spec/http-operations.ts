import { randomUUID } from 'node:crypto';
import { type Garbage, nastyTexts } from './garbage';
import { type LaunchedEndpoints } from './launched-system';

export interface HttpOperation {
  readonly method: string;
  readonly base: string;
  /** With `{name}` for what is put in. */
  readonly path: string;
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** The back office's routes; it has no description for machines. */
const backoffice = [
  'GET /api/me',
  'GET /api/tenants/{tenant}/profile',
  'GET /api/tenants/{tenant}/cases?{query}',
  'GET /api/tenants/{tenant}/counts',
  'GET /api/tenants/{tenant}/cases/{id}',
  'POST /api/tenants/{tenant}/cases',
  'POST /api/tenants/{tenant}/cases/{id}/actions/{action}',
  'POST /api/tenants/{tenant}/cases/{id}/attachments',
  'GET /auth/callback?{query}',
  'POST /auth/sign-out',
];

/** Every route of the citizens' entrance as its description tells, of the back office, and the operators' ones of all services. */
export async function httpOperations(endpoints: LaunchedEndpoints): Promise<readonly HttpOperation[]> {
  const description = (await (await fetch(`${endpoints.intakeUrl}/openapi.json`)).json()) as OpenApi;
  const citizens = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ method: method.toUpperCase(), base: endpoints.intakeUrl, path })),
  );
  const staff = backoffice.map((line) => {
    const [method = '', path = ''] = line.split(' ');
    return { method, base: endpoints.backofficeUrl, path };
  });
  const operators = Object.values(endpoints.http).flatMap((base) => [
    { method: 'POST', base, path: '/internal/rebuild?{query}' },
    { method: 'GET', base, path: '/internal/parked?{query}' },
    { method: 'POST', base, path: '/internal/redrive' },
  ]);
  return [...citizens, ...staff, ...operators];
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
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    name === 'query'
      ? `${encodeURIComponent(garbage.oneOf(['cursor', 'stage', 'code', 'state', 'overdue', '__proto__', 'a[b][c]']))}=${put('value')}`
      : put(name),
  );
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
    [
      'multipart/form-data; boundary=b',
      `--b\r\ncontent-disposition: form-data; name="surprise"; filename="x"\r\n\r\nx\r\n--b--\r\n`,
    ],
    ['', json],
  ]);
  if (type !== '') headers['content-type'] = type;
  if (garbage.count(10) === 0) headers['content-encoding'] = garbage.oneOf(['gzip', 'br', 'what']);
  return body;
}
