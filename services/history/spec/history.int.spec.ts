import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { accessStream } from '@balagh/case-events';
import { type history } from '@balagh/contracts';
import {
  type EventStore,
  type Streams,
  createPostgresEventStore,
  createStreams,
  migrateEventStore,
} from '@balagh/event-store';
import { accept } from '@balagh/decider';
import { migrateKeys } from '@balagh/privacy';
import {
  type Principal,
  type RunningService,
  createGrpcClient,
  grpcError,
  manualClock,
  serviceConfig,
  startService,
} from '@balagh/runtime';
import { status } from '@grpc/grpc-js';
import { type TestDatabase, eventually, proves, testDatabase } from '@balagh/testing';
import { ProjectCase } from '../src/application/project-case.handler';
import { RebuildIndex } from '../src/application/rebuild-index.handler';
import { type VerificationFault, VerifyCases } from '../src/application/verify-cases.handler';
import { HistoryModule, type HistoryParts } from '../src/history.module';
import { openHistoryParts } from '../src/history.parts';
import { play, waterNote } from './case-examples';
import { caseIndexContract } from './case-index.contract';

let database: TestDatabase;
let store: EventStore;
let parts: HistoryParts;

beforeAll(async () => {
  database = await testDatabase();
  await migrateEventStore(database.pool);
  await migrateKeys(database.pool);
  parts = await openHistoryParts(database.url);
  store = createPostgresEventStore({ connectionString: database.url });
});

afterAll(async () => {
  await store.close();
  await parts.close();
  await database.close();
});

const clock = manualClock('2026-03-02T08:00:00.000Z');
const emptyIndex = async (): Promise<void> => void (await database.pool.query('delete from case_index'));

caseIndexContract('the index in PostgreSQL', async () => {
  await emptyIndex();
  return parts.index;
});

it.each([
  ['case_index_by_category', `category = 'WATER_LEAK'`],
  ['case_index_by_stage', `stage = 'CLOSED'`],
])('a filtered list is read in the order of %s, not sorted', async (index, filter) => {
  const client = await database.pool.connect();
  await client.query('begin; set local enable_seqscan = off; set local enable_sort = off');
  const order = `coalesce(registered_at, '-infinity') desc, case_id desc`;
  const list = `select * from case_index where tenant = 'MUS' and ${filter} order by ${order} limit 50`;
  const plan = JSON.stringify((await client.query(`explain ${list}`)).rows);
  await client.query('rollback');
  client.release();
  expect(plan).toContain(index);
  expect(plan).not.toContain('Sort Key');
});

async function faultsOf(): Promise<VerificationFault[]> {
  const faults: VerificationFault[] = [];
  for await (const progress of new VerifyCases(store, parts.index, clock).verify(['MUS']))
    faults.push(...progress.faults);
  return faults;
}

/** What no role may do and the owner only by force. */
async function tamper(sql: string, values: unknown[]): Promise<void> {
  await database.pool.query('alter table eventstore.events disable trigger events_are_immutable');
  await database.pool.query(sql, values);
  await database.pool.query('alter table eventstore.events enable trigger events_are_immutable');
}

function view(streams: Streams, stream: string): Promise<unknown> {
  const data = { caseId: stream.replace('access-', ''), version: 1, versions: 1, revealed: false };
  const by = { kind: 'staff', id: 'auditor', organisation: 'MUS' } as const;
  const why = { line: 'system', correlationId: 'k', causationId: 'k' } as const;
  return streams.execute(stream, { commandId: randomUUID(), tenant: 'MUS', actor: by, ...why }, () =>
    accept({ type: 'CaseViewed', data }),
  );
}

describe('the read side of 10,000 events', () => {
  it('is the same, row by row, after it was deleted and rebuilt', async () => {
    proves('SYS-02');
    await emptyIndex();
    const template = await play(store, 1);
    const read = await store.readStream(`case-${template}`);
    if (read.kind === 'missing') throw new Error('missing');
    const project = new ProjectCase(createStreams(store, { author: 'access', now: () => '' }), parts.index);
    await project.project(template, 12);
    let [cases, events] = [1, read.events.length];
    while (events < 10_000) {
      cases += 1;
      const id = `ca5e0000-0000-4000-8000-${String(cases).padStart(12, '0')}`;
      const number = `MUS-2026-${String(cases).padStart(6, '0')}`;
      const own = read.events.slice(0, 1 + (cases % 13)).map((event) => ({
        ...event,
        id: randomUUID(),
        data: event.data.replaceAll(template, id).replaceAll('MUS-2026-000001', number),
      }));
      await store.append(`case-${id}`, 'none', own);
      await project.project(id, own.length - 1);
      events += own.length;
    }
    const former = await database.pool.query('select * from case_index order by case_id');
    expect(former.rowCount).toBe(cases);
    await emptyIndex();
    expect(await new RebuildIndex(store, parts.index).rebuild()).toEqual({ cases, removed: 0 });
    // What an earlier process read before the rebuild and writes only now.
    const late = await parts.index.get(template);
    if (late === undefined) throw new Error('no row');
    await parts.index.upsert({ ...late, stage: 'REGISTERED', version: late.version - 1 });
    expect((await database.pool.query('select * from case_index order by case_id')).rows).toEqual(
      former.rows,
    );
  }, 60_000);
});

describe('a verification of what lies in the database', () => {
  it('names stream and revision of an altered, a deleted and a cut off event, and removed beginnings and streams', async () => {
    proves('SYS-10');
    await tamper('delete from eventstore.events', []);
    await database.pool.query('delete from eventstore.streams');
    await emptyIndex();
    const [altered, last, deleted, cut] = await Promise.all([901, 902, 903, 904].map((n) => play(store, n)));
    await new RebuildIndex(store, parts.index).rebuild();
    const views = createStreams(store, { author: 'access', now: () => clock.now().toISOString() });
    const [beheaded, gone] = [accessStream(altered ?? ''), accessStream(last ?? '')];
    for (const stream of [beheaded, beheaded, gone]) await view(views, stream);
    expect(await faultsOf()).toEqual([]);
    await tamper('delete from eventstore.events where stream = $1 and revision = 0', [beheaded]);
    await tamper('delete from eventstore.events where stream = $1', [gone]);
    await tamper(
      `update eventstore.events set data = replace(data, 'CATEGORY_WATER', 'CATEGORY_WASTE') where stream = $1 and revision = 6`,
      [`case-${altered}`],
    );
    await tamper(
      `update eventstore.events set metadata = replace(metadata, 'line2.agent', 'line2.other') where stream = $1 and revision = 12`,
      [`case-${last}`],
    );
    await tamper('delete from eventstore.events where stream = $1 and revision = 4', [`case-${deleted}`]);
    await tamper('delete from eventstore.events where stream = $1 and revision = 12', [`case-${cut}`]);
    const named = (await faultsOf()).map(({ stream, revision, kind }) => `${stream} ${revision} ${kind}`);
    expect(named.sort()).toEqual(
      [
        `case-${altered} 6 HASH`,
        `case-${last} 12 HASH`,
        `case-${deleted} 4 GAP`,
        `case-${cut} 12 GAP`,
        `${beheaded} 0 GAP`,
        `${gone} 0 GAP`,
      ].sort(),
    );
  }, 30_000);
});

describe('the history service', () => {
  const auditor: Principal = {
    subject: 'auditor',
    kind: 'staff',
    organisation: 'MUS',
    tenants: ['MUS'],
    roles: ['AUDITOR'],
  };
  const principals: Readonly<Record<string, Principal>> = {
    auditor,
    official: {
      ...auditor,
      subject: 'official',
      organisation: 'TOURISM',
      tenants: ['TOURISM'],
      roles: ['OFFICIAL'],
    },
    officialOfLine2: { ...auditor, subject: 'official.line2', roles: ['OFFICIAL', 'LINE2'] },
    officer: { ...auditor, subject: 'line3.officer', roles: ['LINE3'] },
  };
  let service: RunningService;
  let client: ReturnType<typeof createGrpcClient<history.HistoryClient>>;
  let note: string;
  let tourism: string;

  beforeAll(async () => {
    const config = serviceConfig({
      DATABASE_URL: database.url,
      KEYS_URL: database.url,
      KEK_FILE: join(tmpdir(), `history-spec-${randomUUID()}.json`),
      ISSUER_URL: 'http://127.0.0.1:1',
      LOG_LEVEL: 'silent',
    });
    const verifier = {
      verify: (token: string) => {
        const principal = principals[token];
        return principal === undefined ? Promise.reject(new Error('unknown')) : Promise.resolve(principal);
      },
    };
    const own = await openHistoryParts(database.url);
    service = await startService(
      {
        name: 'history',
        author: 'access',
        module: (platform) => HistoryModule.over(platform, own),
        grpc: { package: ['balagh.history.v1'], protoPath: ['balagh/history/v1/history.proto'] },
      },
      { config, clock, verifier },
    );
    client = createGrpcClient<history.HistoryClient>(
      'balagh.history.v1',
      'History',
      `127.0.0.1:${service.grpcPort ?? 0}`,
    );
    note = await play(store, 501);
    tourism = await play(store, 502, waterNote(502, 'TOU-2026-000001'), 'TOURISM');
  }, 60_000);

  afterAll(async () => {
    client.close();
    await service.stop();
  });

  const trailRequest = (more: Partial<history.GetTrailRequest>): history.GetTrailRequest => ({
    tenant: 'MUS',
    case: note,
    at: '',
    version: 0,
    reveal: false,
    ...more,
  });
  const indexed = (caseId: string): Promise<unknown> =>
    eventually(async () => (await parts.index.get(caseId))?.version === 13, {
      what: 'the row of the case',
      deadlineMs: 20_000,
    });
  const reasonOf = async (call: Promise<unknown>): Promise<string> => {
    try {
      await call;
      return 'answered';
    } catch (error) {
      const { code, reason } = grpcError(error);
      return `${status[code] ?? code} ${reason}`;
    }
  };

  it('shows an official the full timeline of his tenant’s case, by number, and records the view', async () => {
    await indexed(tourism);
    const trail = await client.getTrail(trailRequest({ tenant: 'TOURISM', case: 'TOU-2026-000001' }), {
      token: 'official',
    });
    expect(trail.entries.map((e) => e.type)).toEqual(waterNote(502).map((step) => step.event.type));
    expect(JSON.parse(trail.stateJson)).toMatchObject({ stage: 'CLOSED', caseNumber: 'TOU-2026-000001' });
    const views = await createStreams(store, { author: 'access', now: () => '' }).load<{
      type: string;
      data: unknown;
    }>(`access-${tourism}`);
    expect(views.events.map((e) => [e.type, e.metadata.actor.id])).toEqual([['CaseViewed', 'official']]);
  });

  it('does not know a foreign tenant’s case, and records the refusal', async () => {
    expect(await reasonOf(client.getTrail(trailRequest({ case: tourism }), { token: 'auditor' }))).toBe(
      'NOT_FOUND CASE_NOT_FOUND',
    );
    expect(await reasonOf(client.getTrail(trailRequest({}), { token: 'official' }))).toBe(
      'NOT_FOUND CASE_NOT_FOUND',
    );
    expect(await reasonOf(client.getTrail(trailRequest({ case: randomUUID() }), { token: 'auditor' }))).toBe(
      'NOT_FOUND CASE_NOT_FOUND',
    );
    expect(await reasonOf(client.getTrail(trailRequest({}), { token: 'officer' }))).toBe(
      'PERMISSION_DENIED ACTION_NOT_PERMITTED',
    );
    expect(
      await reasonOf(
        client.getTrail(trailRequest({ tenant: 'TOURISM', case: tourism, reveal: true }), {
          token: 'official',
        }),
      ),
    ).toBe('PERMISSION_DENIED ACTION_NOT_PERMITTED');
    const refusals = async (caseId: string): Promise<unknown[]> => {
      const streams = createStreams(store, { author: 'access', now: () => '' });
      const { events } = await streams.load<{ type: string; data: { code: string } }>(`access-${caseId}`);
      return events.flatMap(({ type, data, metadata }) =>
        type === 'AccessDenied' ? [[data.code, metadata.actor.id, metadata.tenant]] : [],
      );
    };
    expect(await refusals(note)).toEqual([
      ['TENANT_FOREIGN', 'official', 'MUS'],
      ['ACTION_NOT_PERMITTED', 'line3.officer', 'MUS'],
    ]);
    expect(await refusals(tourism)).toEqual([
      ['TENANT_FOREIGN', 'auditor', 'TOURISM'],
      ['ACTION_NOT_PERMITTED', 'official', 'TOURISM'],
    ]);
  });

  it('opens personal values by a role that reads history, not by one that needs them for its own work', async () => {
    proves('MUS-27');
    const asked = (reveal: boolean) =>
      client.getTrail(trailRequest({ reveal }), { token: 'officialOfLine2' });
    expect(await reasonOf(asked(false))).toBe('answered');
    expect(await reasonOf(asked(true))).toBe('PERMISSION_DENIED ACTION_NOT_PERMITTED');
  });

  it('lists the cases of one tenant and says what is wrong with a request', async () => {
    await indexed(note);
    const list = {
      tenant: 'MUS',
      stage: 'CLOSED',
      category: '',
      numberPrefix: 'MUS-2026-000501',
      pageSize: 1,
      pageToken: '',
    };
    const page = await client.listCases(list, { token: 'auditor' });
    expect(page.cases).toEqual([
      {
        caseId: note,
        caseNumber: 'MUS-2026-000501',
        stage: 'CLOSED',
        category: 'WATER_LEAK',
        registeredAt: '2026-03-01T08:02:00.000Z',
        versions: 13,
      },
    ]);
    expect([page.total, page.more]).toEqual([1, false]);
    expect(
      (await client.listCases({ ...list, pageToken: page.nextPageToken }, { token: 'auditor' })).cases,
    ).toEqual([]);
    expect(await reasonOf(client.listCases({ ...list, pageToken: 'x' }, { token: 'auditor' }))).toBe(
      'INVALID_ARGUMENT PAGE_TOKEN_INVALID',
    );
    expect(await reasonOf(client.getTrail(trailRequest({ at: 'yesterday' }), { token: 'auditor' }))).toBe(
      'INVALID_ARGUMENT TRAIL_REQUEST_INVALID',
    );
  });

  it('streams a verification to its end', async () => {
    const reports: history.VerifyCasesResponse[] = [];
    for await (const report of client.stream<history.VerifyCasesResponse>(
      'verifyCases',
      { tenant: 'TOURISM' },
      { token: 'official' },
    ))
      reports.push(report);
    expect(reports.at(-1)).toMatchObject({
      streamsChecked: '2',
      eventsChecked: '16',
      faults: [],
      done: true,
    });
  });
});
