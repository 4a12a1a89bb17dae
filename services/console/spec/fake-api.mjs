/**
 * The back office as the console sees it, without any service: `node services/console/spec/fake-api.mjs [port]`
 * serves the built console over invented cases. For looking and for design; it proves nothing about the services.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { pageOf, rows } from './fake-data.mjs';

const dist = join(import.meta.dirname, '../dist');
const profiles = join(import.meta.dirname, '../../../infra/profiles');
const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
  '.svg': 'image/svg+xml',
};
const may = [
  'case.open',
  'case.fill',
  'case.attach',
  'case.register',
  'case.view',
  'case.refer',
  'case.transfer',
  'case.close',
];
const me = {
  account: 'mus.distributor',
  organisation: 'MUS',
  tenants: [
    { code: 'MUS', ar: 'بلدية مسقط', en: 'Muscat Municipality' },
    { code: 'TOURISM', ar: 'وزارة السياحة', en: 'Ministry of Tourism' },
  ],
  roles: ['LINE1', 'LINE2'],
  queues: ['line1', 'second-line', 'follow-up', 'all'],
  may,
};
const out = ['WITH_THIRD_LINE', 'TRANSFERRED_EXTERNALLY', 'CONFRONTATION'];
const inQueue = {
  line1: (row) => row.phase === 'open' || row.caseId.endsWith('12'),
  'second-line': (row) => row.phase === 'registered' && !out.includes(row.stage),
  'follow-up': (row) => row.phase === 'registered' && out.includes(row.stage),
  'third-line': (row) => row.stage === 'WITH_THIRD_LINE',
  all: () => true,
};

/** `fail`: the next write is refused with this problem; set by `?fail=CODE` on the start page. */
const state = { signedIn: true, fail: undefined };

function profileOf(tenant) {
  const file = join(profiles, `${tenant.toLowerCase()}.json`);
  const raw = JSON.parse(readFileSync(existsSync(file) ? file : join(profiles, 'mus.json'), 'utf8'));
  const lists = [
    'subjects',
    'sectors',
    'themes',
    'clientTypes',
    'needFlags',
    'directorates',
    'units',
    'committees',
    'offices',
    'teams',
    'agencies',
    'otherBodies',
    'requiredFields',
  ];
  const whens = (entries) => entries.map((entry) => ({ when: {}, ...entry }));
  const filled = Object.fromEntries(lists.map((name) => [name, raw[name] ?? []]));
  return {
    version: 1,
    ...raw,
    ...filled,
    requiredFields: whens(filled.requiredFields),
    channels: raw.channels.filter((c) => c.enabled !== false),
  };
}

const routes = [
  ['GET', /^\/api\/me$/, () => [200, me]],
  ['GET', /^\/api\/tenants\/([^/]+)\/profile$/, ([tenant]) => [200, profileOf(tenant)]],
  [
    'GET',
    /^\/api\/tenants\/([^/]+)\/counts$/,
    () => [
      200,
      Object.fromEntries(
        me.queues.filter((q) => q !== 'all').map((q) => [q, rows.filter(inQueue[q]).length]),
      ),
    ],
  ],
  ['GET', /^\/api\/tenants\/([^/]+)\/cases$/, (_, url) => list(url.searchParams)],
  ['GET', /^\/api\/tenants\/[^/]+\/cases\/([^/]+)$/, ([id]) => show(id)],
  [
    'POST',
    /^\/api\/tenants\/[^/]+\/cases$/,
    () => [201, { caseId: rows.at(-1).caseId, decisionVersion: 1, caseNumber: '', events: ['CaseOpened'] }],
  ],
  [
    'POST',
    /^\/api\/tenants\/[^/]+\/cases\/([^/]+)\/actions\/([^/]+)$/,
    ([id, action], _, body) => act(id, action, body),
  ],
  ['POST', /^\/auth\/sign-out$/, () => ((state.signedIn = false), [200, { location: '/' }])],
];

function list(params) {
  const tenantRows = rows.filter(inQueue[params.get('queue') ?? 'all'] ?? inQueue.all);
  const wanted = tenantRows.filter(
    (row) =>
      (!params.get('stage') || row.stage === params.get('stage')) &&
      (!params.get('category') || row.category === params.get('category')) &&
      (!params.get('text') || (row.caseNumber ?? '').includes(params.get('text'))) &&
      (!params.get('overdue') || row.overdue),
  );
  wanted.sort((a, b) =>
    params.get('sort') === 'newest'
      ? b.openedAt.localeCompare(a.openedAt)
      : a.openedAt.localeCompare(b.openedAt),
  );
  const page = Number(params.get('page') ?? 1);
  return [200, { rows: wanted, total: wanted.length > 6 ? 60 : wanted.length, page, pageSize: 25 }];
}

function show(id) {
  const found = rows.find((row) => row.caseId === id);
  return found ? [200, pageOf(found)] : [404, { code: 'CASE_NOT_FOUND', status: 404 }];
}

function act(id, action, body) {
  const found = rows.find((row) => row.caseId === id);
  if (body?.decisionVersion !== found.decisionVersion)
    return [409, { code: 'VERSION_STALE', status: 409, decisionVersion: found.decisionVersion }];
  if (action === 'fill') found.form = { ...found.form, ...body.answers };
  if (action === 'register' && !found.form?.details) {
    return [
      422,
      {
        code: 'FIELDS_MISSING',
        status: 422,
        fields: ['category', 'details'],
        missing_ar: ['التصنيف', 'تفاصيل الحالة'],
        missing_en: ['Category', 'Case details'],
      },
    ];
  }
  found.decisionVersion += 1;
  if (action === 'register')
    Object.assign(found, {
      stage: 'WITH_SECOND_LINE',
      phase: 'registered',
      caseNumber: 'MUS-2026-000482',
      registeredAt: new Date().toISOString(),
    });
  return [
    200,
    { caseId: id, decisionVersion: found.decisionVersion, caseNumber: found.caseNumber ?? '', events: [] },
  ];
}

function api(method, url, body) {
  if (!state.signedIn) return [401, { code: 'TOKEN_INVALID', status: 401 }];
  for (const [verb, pattern, answer] of routes) {
    const match = pattern.exec(url.pathname);
    if (verb === method && match) return answer(match.slice(1).map(decodeURIComponent), url, body);
  }
  return [404, { code: 'ROUTE_UNKNOWN', status: 404 }];
}

export function startFakeApi(port = 0) {
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://localhost');
    if (url.pathname === '/auth/sign-in') {
      state.signedIn = true;
      response.writeHead(303, { location: url.searchParams.get('returnTo') ?? '/' }).end();
    } else if (url.pathname === '/fake/signed-out') {
      state.signedIn = false;
      response.writeHead(303, { location: '/' }).end();
    } else if (url.pathname.endsWith('/events')) {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('event: hello\ndata: {}\n\n');
    } else if (/^\/(api|auth)\//.test(url.pathname)) {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const text = Buffer.concat(chunks).toString();
      const body = request.headers['content-type']?.includes('json') ? JSON.parse(text) : undefined;
      const [status, answer] = api(request.method, url, body);
      response
        .writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' })
        .end(JSON.stringify(answer));
    } else {
      const file = join(dist, url.pathname);
      const found = extname(file) !== '' && existsSync(file) ? file : join(dist, 'index.html');
      response.writeHead(200, {
        'content-type': types[extname(found)] ?? 'application/octet-stream',
        'content-security-policy':
          "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'",
      });
      response.end(readFileSync(found));
    }
  });
  return new Promise((resolve) => {
    server.listen(port, '127.0.0.1', () =>
      resolve({
        url: `http://localhost:${server.address().port}`,
        stop: () => (server.closeAllConnections(), server.close()),
      }),
    );
  });
}

if (process.argv[1] === import.meta.filename) {
  const { url } = await startFakeApi(Number(process.argv[2] ?? 3900));
  console.log(`console over invented cases: ${url}`);
}
