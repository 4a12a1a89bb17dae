import 'reflect-metadata';
import { type CaseEvent } from '@balagh/case-events';
import { type routing } from '@balagh/contracts';
import { createGrpcClient, grpcError } from '@balagh/runtime';
import { type TestDatabase, proves, testDatabase } from '@balagh/testing';
import { type Registered, opened, profileOf, registered } from './history.fixture';
import { type Running, staff, startRouting, tokenOf } from './running-service.fixture';

const uuid = (kind: number, n: number): string =>
  `${kind}0000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const cleaning = { kind: 'DIRECTORATE', code: 'DIR-SERVICES', section: 'SEC-CLEANING' } as const;

describe('the routing service', () => {
  let database: TestDatabase;
  let running: Running;

  beforeEach(async () => {
    database = await testDatabase();
    running = await startRouting(database.url, [profileOf('MUS'), profileOf('KWT-MOCI')]);
  });
  afterEach(async () => {
    await running.stop();
    await database.close();
  });

  const register = async (n: number, tenant = 'MUS', change: Partial<Registered> = {}): Promise<string> => {
    const id = uuid(1, n);
    const first = opened(uuid(2, n)) as Extract<CaseEvent, { type: 'CaseOpened' }>;
    const open: CaseEvent = { ...first, data: { ...first.data, caseId: id } };
    await running.write(
      'intake',
      tenant,
      id,
      uuid(3, n),
      open,
      registered({ caseNumber: `${tenant}-2026-${n}`, ...change }),
    );
    return id;
  };
  const typesOf = async (id: string): Promise<string[]> => {
    const read = await running.store.readStream(`case-${id}`);
    return read.kind === 'found' ? read.events.map(({ type }) => type) : [];
  };
  const http = (path: string, method: 'GET' | 'POST', principal = staff(['SUPERVISOR'])): Promise<Response> =>
    fetch(`http://127.0.0.1:${running.service.httpPort}/internal/${path}`, {
      method,
      headers: { authorization: `Bearer ${tokenOf(principal)}` },
    });
  const rows = async (): Promise<unknown[]> =>
    (await database.pool.query('select * from routing_decision order by case_id')).rows as unknown[];

  it('routes a registered case once, however often the message comes', async () => {
    const id = await register(1);
    await running.feed.drain();
    await running.feed.drain();
    expect(await typesOf(id)).toEqual([
      'CaseOpened',
      'CaseRegistered',
      'JurisdictionAssessed',
      'CaseClassified',
      'PriorityAssessed',
      'CaseRouted',
    ]);
  });

  it('measures how often the first owner was right', async () => {
    proves('BAH-25');
    for (let n = 1; n <= 10; n += 1)
      await register(n, 'MUS', { directorate: 'DIR-SERVICES', section: 'SEC-CLEANING' });
    await running.feed.drain();
    await running.write('dispatch', 'MUS', uuid(1, 4), uuid(4, 4), {
      type: 'CaseReturnedAsMisrouted',
      data: { from: cleaning, reason: 'not ours', count: 1 },
    });
    await running.feed.drain();
    const answer = await http('routing-quality/MUS', 'GET');
    expect(await answer.json()).toEqual({
      routed: 10,
      misrouted: 1,
      firstTimeRight: 0.9,
      serious: 0,
      notSerious: 0,
    });
  });

  it('keeps complaints that are not serious in the history and out of the serious count', async () => {
    proves('KWT-04');
    const serious = await register(1, 'KWT-MOCI', { caseType: 'COMPLAINT', category: 'CONSUMER_COMPLAINT' });
    const notSerious = await register(2, 'KWT-MOCI', { caseType: 'SUGGESTION', category: 'IDEAS' });
    await running.feed.drain();
    const answer = await http('routing-quality/KWT-MOCI', 'GET', staff(['SUPERVISOR'], ['KWT-MOCI']));
    expect(await answer.json()).toMatchObject({ serious: 1, notSerious: 1 });
    for (const id of [serious, notSerious]) expect(await typesOf(id)).toContain('CaseScreened');
  });

  it('shows a tenant’s quality to the tenant only', async () => {
    const answer = await http('routing-quality/KWT-MOCI', 'GET');
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([
      403,
      'TENANT_FOREIGN',
    ]);
  });

  it('rebuilds a deleted table to equal rows', async () => {
    for (let n = 1; n <= 5; n += 1) await register(n, 'MUS', n % 2 === 0 ? { category: 'WATER' } : {});
    await running.feed.drain();
    const before = await rows();
    expect(before).toHaveLength(5);
    await database.pool.query('delete from routing_decision');
    expect((await http('rebuild', 'POST')).status).toBe(403);
    const answer = await http('rebuild', 'POST', staff(['ADMINISTRATOR']));
    expect([answer.status, await answer.json()]).toEqual([200, { cases: 5 }]);
    expect(await rows()).toEqual(before);
  });

  describe('correcting over gRPC', () => {
    const correct = async (
      token: string,
      change: Partial<routing.CorrectRoutingRequest> = {},
    ): Promise<unknown> => {
      const client = createGrpcClient<routing.RoutingClient>(
        'balagh.routing.v1',
        'Routing',
        `127.0.0.1:${running.service.grpcPort}`,
        { token, retries: 0 },
      );
      const header = {
        commandId: uuid(5, 1),
        tenant: 'MUS',
        expectedDecisionVersion: 0,
        correlationId: '',
        occurredAt: '',
      };
      const owner = { kind: 'AGENCY', code: 'HAYA_WATER', section: '' };
      try {
        return await client.correctRouting({
          header,
          caseId: uuid(1, 1),
          owner,
          reason: 'a pipe',
          ...change,
        });
      } catch (error) {
        return grpcError(error)?.reason;
      } finally {
        client.close();
      }
    };

    it('is not for who registered the same case, whatever roles the token names', async () => {
      proves('MUS-16');
      const id = await register(1);
      await running.feed.drain();
      const before = await typesOf(id);
      const registrar = { ...staff(['LINE1', 'LINE2']), subject: 'account.line1' };
      expect(await correct(tokenOf(registrar))).toBe('LINE_ALREADY_HELD');
      expect(await typesOf(id)).toEqual(before);
    });

    it('records the new owner, and answers a repeated command alike', async () => {
      const id = await register(1);
      await running.feed.drain();
      const token = tokenOf(staff(['LINE2']));
      const first = await correct(token);
      expect(first).toMatchObject({ caseId: id, caseNumber: 'MUS-2026-1', events: ['RoutingCorrected'] });
      expect(await correct(token)).toEqual(first);
      expect(await correct(token, { reason: 'another' })).toBe('COMMAND_ID_REUSED');
      expect((await typesOf(id)).filter((type) => type === 'RoutingCorrected')).toHaveLength(1);
    });

    it('is for the second line and supervisors, and for known cases', async () => {
      await register(1);
      await running.feed.drain();
      expect(await correct(tokenOf(staff(['LINE1'])))).toBe('ACTION_NOT_PERMITTED');
      expect(await correct(tokenOf(staff(['LINE1'])), { owner: undefined })).toBe('ACTION_NOT_PERMITTED');
      expect(await correct(tokenOf(staff(['LINE2'], ['QAT-MME'])))).toBe('TENANT_FOREIGN');
      expect(await correct(tokenOf(staff(['LINE2'])), { caseId: uuid(1, 99) })).toBe('CASE_UNKNOWN');
      expect(await correct(tokenOf(staff(['LINE2'])), { owner: undefined })).toBe('OWNER_UNKNOWN');
    });
  });
});
