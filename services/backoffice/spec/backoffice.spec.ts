import { type AccessEvent, accessStream, decodeEvent } from '@balagh/case-events';
import { createStreams } from '@balagh/event-store';
import { type Principal, Rejected } from '@balagh/runtime';
import { proves } from '@balagh/testing';
import { CaseViews } from '../src/application/case-views';
import { CommandUnavailable } from '../src/application/commands.port';
import { LiveUpdates } from '../src/application/live-updates';
import { rowOf } from './case-rows.contract';
import { BackofficeUnderTest } from './backoffice-under-test';
import { agent, cleaning, distributor, operator, roads, staff, uuid } from './case-world';

let office: BackofficeUnderTest;
beforeEach(async () => {
  office = await BackofficeUnderTest.start();
});
afterEach(() => office.stop());

const json = async (response: Response): Promise<Record<string, unknown>> =>
  (await response.json()) as Record<string, unknown>;
const refusal = async (response: Response) => [response.status, (await json(response))['code']];

describe('work lists over HTTP', () => {
  const numbers = async (principal: Parameters<BackofficeUnderTest['as']>[0], query: string) => {
    const body = (await json(await office.as(principal, `/api/tenants/MUS/cases?${query}`))) as {
      rows?: { caseNumber?: string }[];
      code?: string;
    };
    return body.rows?.map((row) => row.caseNumber) ?? body.code;
  };
  beforeEach(async () => {
    await office.world.queued(1);
    office.world.clock.advance(60_000);
    await office.world.referred(2);
    await office.world.opened(3);
    await office.feed.drain();
  });

  it('follow the feed: what waits for the distributor, what is out, what is line 1’s own', async () => {
    expect(await numbers(distributor, 'queue=second-line')).toEqual(['MUS-2026-000001']);
    expect(await numbers(distributor, 'queue=follow-up')).toEqual(['MUS-2026-000002']);
    expect(await numbers(agent, 'queue=line1')).toEqual(['MUS-2026-000001', 'MUS-2026-000002', undefined]);
    expect(await json(await office.as(distributor, '/api/tenants/MUS/counts'))).toEqual({
      'second-line': 1,
      'follow-up': 1,
    });
  });

  it('show a party its own cases only, in every list', async () => {
    expect(await numbers(cleaning, 'queue=third-line')).toEqual(['MUS-2026-000002']);
    expect(await numbers(cleaning, 'queue=all')).toEqual(['MUS-2026-000001', 'MUS-2026-000002']);
    expect(await numbers(roads, 'queue=all')).toEqual([]);
  });

  it('show contracted operators what their company opened, also earlier, and nothing else', async () => {
    proves('BAH-14');
    await office.world.queued(4, 'MUS', operator);
    await office.world.opened(5, 'MUS', operator);
    await office.feed.drain();
    for (const query of ['queue=line1', 'queue=all', 'queue=all&text=000004'])
      expect((await numbers(operator, query))?.[0]).toBe('MUS-2026-000004');
    expect(await numbers(operator, 'queue=line1')).toHaveLength(2);
    expect(await numbers(operator, 'queue=all&text=00000')).toEqual(['MUS-2026-000004']);
    expect(await numbers(operator, 'queue=second-line')).toEqual(['MUS-2026-000004']);
    expect(await json(await office.as(operator, '/api/tenants/MUS/counts'))).toEqual({ line1: 2 });
    expect(await numbers({ ...operator, organisation: 'OTHER_COMPANY' }, 'queue=all')).toEqual([]);
    office.world.clock.advance(24 * 3_600_000);
    expect(await numbers(operator, 'queue=line1')).toEqual([undefined]);
    expect(await numbers(operator, 'queue=all')).toEqual(['MUS-2026-000004', undefined]);
  });

  it('are leafed through as far as they count, and no further', async () => {
    expect(await numbers(distributor, 'queue=all&page=400&pageSize=25')).toEqual([]);
    expect(await numbers(distributor, 'queue=all&page=401&pageSize=25')).toBe('REQUEST_INVALID');
    expect(await numbers(distributor, 'queue=all&page=99999999999&pageSize=1')).toBe('REQUEST_INVALID');
  });

  it('find a number typed with Arabic digits', async () => {
    expect(await numbers(distributor, `queue=all&text=${encodeURIComponent('٠٠٠٠٠٢')}`)).toEqual([
      'MUS-2026-000002',
    ]);
  });

  it('are closed to other organisations and to accounts without the right', async () => {
    expect(await numbers(staff(['LINE2'], { tenants: ['TOURISM'] }), 'queue=all')).toBe('TENANT_FOREIGN');
    expect(await numbers(staff(['ADMINISTRATOR']), 'queue=all')).toBe('ACTION_NOT_PERMITTED');
    expect(await numbers(distributor, 'queue=everything')).toBe('REQUEST_INVALID');
  });

  it('say that a case is overdue when its due time has passed', async () => {
    office.world.clock.set('2026-03-05T08:00:00.000Z');
    expect(await numbers(distributor, 'queue=all&overdue=true')).toEqual(['MUS-2026-000002']);
  });

  it('are rebuilt on demand, by administrators only', async () => {
    expect(await refusal(await office.as(distributor, '/internal/rebuild', { method: 'POST' }))).toEqual([
      403,
      'ACTION_NOT_PERMITTED',
    ]);
    expect(
      await json(await office.as(staff(['ADMINISTRATOR']), '/internal/rebuild', { method: 'POST' })),
    ).toEqual({ cases: 3 });
  });
});

describe('a case page', () => {
  const show = (principal: Parameters<BackofficeUnderTest['as']>[0], id: string, tenant = 'MUS') =>
    office.as(principal, `/api/tenants/${tenant}/cases/${id}`);

  it('opens personal values for whoever may see them, and names the next steps', async () => {
    const id = await office.world.referred(2);
    const page = await json(await show(distributor, id));
    expect(page['form']).toMatchObject({
      phone: '+968 9000 0001',
      details: 'حاوية ممتلئة',
      category: 'CLEANLINESS',
    });
    expect(page['case']).toMatchObject({
      caseNumber: 'MUS-2026-000002',
      stage: 'WITH_THIRD_LINE',
      dueAt: '2026-03-04T10:30:00.000Z',
      overdue: false,
    });
    expect((page['nextActions'] as { action: string }[]).map((next) => next.action)).toEqual([
      'follow-up',
      'add-action',
    ]);
    expect(
      (page['timeline'] as { type: string; line: string; actor: string }[]).map(({ type, line, actor }) => [
        type,
        line,
        actor,
      ]),
    ).toEqual([
      ['CaseOpened', '1', 'mus.line1'],
      ['FormFilled', '1', 'mus.line1'],
      ['CaseRegistered', '1', 'mus.line1'],
      ['CaseRouted', 'system', 'dispatch'],
      ['CaseSentToSecondLine', 'system', 'dispatch'],
      ['CaseReferred', '2', 'mus.line2'],
    ]);
  });

  it('shows an erased person’s values as erased and everything else as before', async () => {
    const id = await office.world.referred(2);
    await office.world.privacy.erase(uuid(2, 2));
    const page = await json(await show(distributor, id));
    expect(page['form']).toMatchObject({ phone: null, details: null, category: 'CLEANLINESS' });
    expect(JSON.stringify(page)).not.toContain('9000');
  });

  const views = async (id: string) => {
    const read = await office.world.store.readStream(accessStream(id));
    return (read.kind === 'found' ? read.events : []).map((raw) => {
      const { type, data, metadata } = decodeEvent<AccessEvent>(raw);
      return [type, metadata.actor.id, metadata.actor.organisation, metadata.line, data];
    });
  };

  it('hides personal values from officials, and tells them apart from erased ones', async () => {
    proves('MUS-27');
    const id = await office.world.referred(2);
    const note = await office.world.seal(2, 'اتصال');
    await office.world.write(
      id,
      { type: 'FollowUpRecorded', data: { followUpId: uuid(6, 2), note } },
      distributor,
    );
    const shown = async (who: Principal) => {
      const page = await json(await show(who, id));
      const [last] = (page['timeline'] as { changes: unknown[] }[]).slice(-1);
      return { ...page, last: last?.changes };
    };
    const hidden = await shown(staff(['OFFICIAL']));
    expect(hidden).toMatchObject({
      revealed: false,
      form: { phone: null, details: null, category: 'CLEANLINESS' },
      last: [{ key: 'note', kind: 'text', value: '⊙' }],
    });
    expect(JSON.stringify(hidden)).not.toMatch(/9000|اتصال|حاوية/);
    for (const who of [agent, distributor, cleaning, staff(['SUPERVISOR']), staff(['AUDITOR'])])
      expect(await shown(who)).toMatchObject({
        revealed: true,
        form: { phone: '+968 9000 0001' },
        last: [{ value: 'اتصال' }],
      });
  });

  it('opens to line 3 its own cases only, also when another role shows it the others', async () => {
    const id = await office.world.referred(2);
    const roles: Principal['roles'] = ['LINE3', 'OFFICIAL'];
    expect(await json(await show({ ...cleaning, roles }, id))).toMatchObject({ revealed: true });
    expect(await json(await show({ ...roads, roles }, id))).toMatchObject({
      revealed: false,
      form: { phone: null },
    });
  });

  it('is a contracted operator’s when his company opened the case', async () => {
    proves('BAH-14');
    const own = await office.world.queued(4, 'MUS', operator);
    const other = await office.world.queued(2);
    expect(await json(await show(operator, own))).toMatchObject({ revealed: true });
    expect(await refusal(await show(operator, other))).toEqual([403, 'CASE_FOREIGN']);
    const official = { ...operator, roles: ['OPERATOR', 'OFFICIAL'] as const };
    expect(await json(await show(official, own))).toMatchObject({ revealed: true });
    expect(await json(await show(official, other))).toMatchObject({ revealed: false });
  });

  it('is on record beside the case, once for an account and a quarter of an hour', async () => {
    proves('MUS-27');
    const id = await office.world.referred(2);
    const official = staff(['OFFICIAL']);
    for (const who of [official, distributor, official, official]) await show(who, id);
    const seen = { caseId: id, version: 6, versions: 6 };
    const first = [
      ['CaseViewed', official.subject, 'MUS', 'system', { ...seen, revealed: false }],
      ['CaseViewed', distributor.subject, 'MUS', '2', { ...seen, revealed: true }],
    ];
    expect(await views(id)).toEqual(first);
    office.world.clock.advance(15 * 60_000);
    await show(official, id);
    expect(await views(id)).toEqual([...first, first[0]]);
  });

  it('is on record once, whichever replica answers', async () => {
    const { store, clock } = office.world;
    const id = await office.world.referred(2);
    const now = (): string => clock.now().toISOString();
    const replica = () => new CaseViews(createStreams(store, { author: 'access', now }), clock);
    const view = { principal: distributor, tenant: 'MUS', caseId: id, version: 6, revealed: true };
    await Promise.all([replica().record(view), replica().record(view)]);
    await replica().record({ ...view, version: 7 });
    expect(await views(id)).toHaveLength(1);
    await replica().record({ ...view, revealed: false });
    expect(await views(id)).toHaveLength(2);
  });

  it('is not shown when the view cannot be recorded', async () => {
    const id = await office.world.referred(2);
    const refused = jest.spyOn(office.world.store, 'append').mockRejectedValue(new Error('no'));
    const answer = await show(distributor, id);
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('9000');
    refused.mockRestore();
    expect((await show(distributor, id)).status).toBe(200);
    expect(await views(id)).toHaveLength(1);
  });

  it('lists what registration still needs while the page is open', async () => {
    const id = await office.world.opened(3);
    const page = (await json(await show(agent, id))) as { missing: { field: string; ar: string }[] };
    expect(page.missing).toEqual([
      { field: 'directorate', ar: 'المديرية', en: 'Directorate' },
      { field: 'section', ar: 'القسم', en: 'Section' },
    ]);
  });

  it('does not exist for other parties, other organisations and strangers', async () => {
    const id = await office.world.referred(2);
    expect((await show(cleaning, id)).status).toBe(200);
    expect(await refusal(await show(roads, id))).toEqual([404, 'CASE_NOT_FOUND']);
    expect(
      await refusal(await show(staff(['LINE2'], { tenants: ['MUS', 'TOURISM'] }), id, 'TOURISM')),
    ).toEqual([404, 'CASE_NOT_FOUND']);
    expect(await refusal(await show(distributor, uuid(1, 99)))).toEqual([404, 'CASE_NOT_FOUND']);
    expect(await refusal(await show(distributor, 'no-uuid'))).toEqual([404, 'CASE_NOT_FOUND']);
    expect(await refusal(await show(staff(['ADMINISTRATOR']), id))).toEqual([403, 'ACTION_NOT_PERMITTED']);
  });
});

describe('acts', () => {
  it('go to the deciding service with the person’s token, command id and the version seen', async () => {
    const id = await office.world.referred(2);
    const answer = await office.act(distributor, `/api/tenants/MUS/cases/${id}/actions/follow-up`, {
      decisionVersion: 4,
      answers: { note: 'اتصال' },
    });
    expect(answer.status).toBe(200);
    expect(office.sent).toHaveLength(1);
    expect(office.sent[0]).toMatchObject({
      service: 'dispatch',
      method: 'recordFollowUp',
      request: {
        header: { commandId: uuid(8, 1), tenant: 'MUS', expectedDecisionVersion: 4 },
        caseId: id,
        note: 'اتصال',
      },
    });
  });

  it('are shown by the next list at once, without waiting for the feed', async () => {
    const id = await office.world.queued(1);
    await office.act(distributor, `/api/tenants/MUS/cases/${id}/actions/follow-up`, {
      decisionVersion: 4,
      answers: { note: 'اتصال' },
    });
    const list = (await json(await office.as(distributor, '/api/tenants/MUS/cases?queue=second-line'))) as {
      total: number;
    };
    expect(list.total).toBe(1);
  });

  it('pass refusals on with code and details', async () => {
    const id = await office.world.opened(3);
    const register = () =>
      office.act(agent, `/api/tenants/MUS/cases/${id}/actions/register`, { decisionVersion: 2, answers: {} });
    office.refuse = new Rejected({
      code: 'FIELDS_MISSING',
      reason: 'invalid',
      details: { fields: ['details'], missing_ar: ['تفاصيل الحالة'] },
    });
    const missing = await register();
    expect(missing.status).toBe(422);
    expect(missing.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await json(missing)).toMatchObject({
      code: 'FIELDS_MISSING',
      fields: ['details'],
      missing_ar: ['تفاصيل الحالة'],
    });
    office.refuse = new Rejected({
      code: 'VERSION_STALE',
      reason: 'conflict',
      details: { decisionVersion: 6 },
    });
    expect(await json(await register())).toMatchObject({
      status: 409,
      code: 'VERSION_STALE',
      decisionVersion: 6,
    });
    office.refuse = new CommandUnavailable('intake');
    expect(await refusal(await register())).toEqual([503, 'SERVICE_UNAVAILABLE']);
  });

  it('that the role may not do never leave the back office', async () => {
    proves('MUS-16');
    const id = await office.world.referred(2);
    expect(
      await refusal(
        await office.act(cleaning, `/api/tenants/MUS/cases/${id}/actions/close`, {
          decisionVersion: 4,
          answers: {},
        }),
      ),
    ).toEqual([403, 'ACTION_NOT_PERMITTED']);
    expect(
      await refusal(
        await office.act(cleaning, `/api/tenants/MUS/cases/${id}/actions/reply`, {
          decisionVersion: 4,
          answers: {},
        }),
      ),
    ).toEqual([403, 'ACTION_NOT_PERMITTED']);
    expect(office.sent).toEqual([]);
  });

  it('need a command id, known names and answers of the right shape', async () => {
    const path = `/api/tenants/MUS/cases/${uuid(1, 2)}/actions`;
    const body = { decisionVersion: 4, answers: {} };
    expect(await refusal(await office.act(distributor, `${path}/follow-up`, body, 'again'))).toEqual([
      422,
      'IDEMPOTENCY_KEY_REQUIRED',
    ]);
    expect(await refusal(await office.act(distributor, `${path}/destroy`, body))).toEqual([
      404,
      'ACTION_UNKNOWN',
    ]);
    expect(
      await refusal(await office.act(distributor, `${path}/follow-up`, { decisionVersion: '4' })),
    ).toEqual([422, 'REQUEST_INVALID']);
    expect(
      await refusal(await office.act(distributor, `${path}/follow-up`, { ...body, answers: { note: 4 } })),
    ).toEqual([422, 'ANSWERS_INVALID']);
  });

  it('upload evidence as it is, within bounds', async () => {
    const id = await office.world.opened(3);
    const upload = (bytes: number) => {
      const body = new FormData();
      body.set('kind', 'PHOTO');
      body.set('decisionVersion', '2');
      body.set('file', new Blob([new Uint8Array(bytes)]), 'photo.jpg');
      return office.as(agent, `/api/tenants/MUS/cases/${id}/attachments`, {
        method: 'POST',
        headers: { 'idempotency-key': uuid(8, 5) },
        body,
      });
    };
    expect((await upload(100)).status).toBe(201);
    expect(office.sent[0]).toMatchObject({
      method: 'addAttachment',
      request: { kind: 'PHOTO', header: { expectedDecisionVersion: 2 } },
    });
    expect(office.sent[0]?.request['content']).toHaveLength(100);
    expect(await refusal(await upload(12 * 1024 * 1024))).toEqual([413, 'BODY_TOO_LARGE']);
  });
});

describe('live updates', () => {
  it.each([
    ['a party', roads],
    ['a contracted company', operator],
  ])('tell a screen which of its cases changed, and %s nothing of others', async (_, confined) => {
    const listen = async (principal: Parameters<BackofficeUnderTest['as']>[0]) => {
      const abort = new AbortController();
      const response = await office.as(principal, '/api/tenants/MUS/events', { signal: abort.signal });
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
      return { next: async () => (await reader?.read())?.value ?? '', stop: () => abort.abort() };
    };
    const [mine, other] = [await listen(distributor), await listen(confined)];
    expect(await mine.next()).toContain('event: hello');
    expect(await other.next()).toContain('event: hello');
    const id = await office.world.queued(1);
    await office.feed.drain();
    expect(await mine.next()).toContain(`"caseId":"${id}"`);
    const theirs = rowOf(9, {
      owner: { kind: 'DIRECTORATE', code: 'DIR-ROADS' },
      openedByOrganisation: 'HOTLINE_COMPANY',
    });
    office.service.app.get(LiveUpdates).announce(theirs);
    const heard = await other.next();
    expect(heard).toContain(`"caseId":"${uuid(1, 9)}"`);
    expect(heard).not.toContain(id);
    mine.stop();
    other.stop();
  });
});
