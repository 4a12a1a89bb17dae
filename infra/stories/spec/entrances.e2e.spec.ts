import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { type ChannelCredentials, Client, credentials, status } from '@grpc/grpc-js';
import { type Action, type Role, permissions } from '@balagh/runtime';
import { eventually, proves } from '@balagh/testing';
import { Pool } from 'pg';
import { World } from '../src';
import { reportByApp } from '../src/s3-water-note.story';
import { type Answer, codePattern, faulty, permittedAccount, rowsWritten, send } from './entrance-calls';
import { Garbage, seeded } from './garbage';
import { garbageRequest, httpActionOf, httpOperations, knock, nameOf, openRoutes } from './http-operations';
import { type LaunchedEndpoints, LaunchedSystem, isAlive } from './launched-system';
import { type Operation, accounts, actionOf, operations } from './operations';

const all = operations();
/** Streams of events: an answer has no end to wait for. */
const endless = ['/api/tenants/{tenant}/events'];
describe('the entrances of the running system', () => {
  // The open entrance is limited per address, and here everything comes from one.
  process.env['PUBLIC_RATE_PER_SECOND'] = process.env['PUBLIC_BURST'] = '100000';
  const system = new LaunchedSystem();
  const clients = new Map<string, Client>();
  let endpoints: LaunchedEndpoints;
  let world: World;
  let database: Pool;

  beforeAll(async () => {
    endpoints = await system.start();
    world = new World(endpoints);
    database = new Pool({ connectionString: endpoints.adminDatabaseUrl, max: 1 });
    database.on('error', () => undefined);
  }, 180_000);
  afterAll(async () => {
    for (const client of clients.values()) client.close();
    world?.close();
    await database?.end();
    await system.stop();
  }, 60_000);

  const clientOf = (address: string, channel: ChannelCredentials = credentials.createInsecure()): Client => {
    const known = clients.get(address) ?? new Client(address, channel);
    clients.set(address, known);
    return known;
  };
  const call = (operation: Operation, request: object, token?: string): Promise<Answer> =>
    send(clientOf(endpoints.grpc[operation.process] ?? ''), operation, operation.encode(request), token);
  const addressed = (operation: Operation, tenant: string): object => ({
    tenant,
    header: { commandId: randomUUID(), tenant },
    commandId: randomUUID(),
    caseId: randomUUID(),
    case: randomUUID(),
    transferId: randomUUID(),
  });

  const written = (): Promise<Record<string, number>> => rowsWritten(database);

  it('knows for every operation in proto/ what it needs', () => {
    expect(all.map(({ name }) => name).sort()).toEqual(Object.keys(actionOf).sort());
  });

  it('lets no operation be called without a credential', async () => {
    proves('MUS-16');
    const open: string[] = [];
    for (const operation of all) {
      const { code, reason } = await call(operation, addressed(operation, 'MUS'));
      if (code !== status.UNAUTHENTICATED || reason !== 'TOKEN_INVALID')
        open.push(`${operation.name}: ${code} ${reason}`);
    }
    expect(open).toEqual([]);
  }, 60_000);

  it.each(Object.entries(accounts))(
    'lets %s do what the permission table says and nothing else',
    async (role, [account, tenant]) => {
      proves('MUS-16');
      const token = await world.token(account);
      const wrong: string[] = [];
      for (const operation of all) {
        // Agencies and staff have an entrance each.
        const permitted =
          permissions[role as Role].includes(actionOf[operation.name] as Action) &&
          (role === 'PARTNER') === operation.name.startsWith('Partner.');
        const { code, reason } = await call(operation, addressed(operation, tenant), token);
        const refused =
          code === status.PERMISSION_DENIED && ['ACTION_NOT_PERMITTED', 'AGENCY_FOREIGN'].includes(reason);
        if (refused === permitted)
          wrong.push(`${operation.name}: ${code} ${reason}, ${permitted ? 'permitted' : 'not permitted'}`);
      }
      expect(wrong).toEqual([]);
    },
    60_000,
  );

  it.each(Object.entries(accounts))(
    'refuses %s everything in a foreign organisation, and says nothing about what is there',
    async (_role, [account]) => {
      const token = await world.token(account);
      const wrong: string[] = [];
      for (const foreign of ['KWT-NONE', ...(account === 'admin' ? [] : ['QAT-MME'])]) {
        for (const operation of all) {
          const { code, reason } = await call(operation, addressed(operation, foreign), token);
          const hidden =
            operation.name === 'History.GetTrail'
              ? reason === 'CASE_NOT_FOUND'
              : code === status.PERMISSION_DENIED &&
                ['TENANT_FOREIGN', 'ACTION_NOT_PERMITTED'].includes(reason);
          if (!hidden) wrong.push(`${foreign} ${operation.name}: ${code} ${reason}`);
        }
      }
      expect(wrong).toEqual([]);
    },
    60_000,
  );

  describe('over HTTP', () => {
    const routes = () => httpOperations(endpoints);
    const guarded = () => routes().filter(({ open }) => !open);

    it('it is known for every route of every service what it needs', () => {
      const open = routes().filter((route) => route.open);
      const listed = open.filter(
        (route) => openRoutes.includes(nameOf(route)) || openRoutes.includes(`${route.method} ${route.path}`),
      );
      expect(open.filter((route) => !listed.includes(route)).map(nameOf)).toEqual([]);
      expect(guarded().map(nameOf).sort()).toEqual(Object.keys(httpActionOf).sort());
    });

    it('no route but health and the citizens’ entrance is answered without a token', async () => {
      proves('MUS-16');
      const wrong: string[] = [];
      for (const route of guarded()) {
        const { status: answered, code } = await knock(route, 'MUS');
        if (answered !== 401 || code !== 'TOKEN_INVALID') wrong.push(`${nameOf(route)}: ${answered} ${code}`);
      }
      expect(wrong).toEqual([]);
    }, 60_000);

    it.each(Object.entries(accounts))(
      '%s may do what the permission table says and nothing else, and nothing in a foreign organisation',
      async (role, [account, tenant]) => {
        proves('MUS-16');
        const token = await world.token(account);
        const wrong: string[] = [];
        for (const route of guarded()) {
          const action = httpActionOf[nameOf(route)] as Action | 'signed-in';
          const may = action === 'signed-in' || permissions[role as Role].includes(action);
          const places = [tenant, ...(route.path.includes('{tenant}') ? ['KWT-NONE'] : [])];
          for (const place of places) {
            const { status: answered, code } = await knock(route, place, token);
            const refused = answered === 403 && ['ACTION_NOT_PERMITTED', 'TENANT_FOREIGN'].includes(code);
            const expected = place === tenant ? !may : true;
            if (refused !== expected) wrong.push(`${place} ${nameOf(route)}: ${answered} ${code}`);
          }
        }
        expect(wrong).toEqual([]);
      },
      120_000,
    );
  });

  describe('bad input', () => {
    it('is refused over gRPC with a stable code; nothing is written, nobody falls', async () => {
      const garbage = new Garbage(seeded(20_261_122));
      const before = await written();
      const { pids } = system.endpoints();
      const wrong: string[] = [];
      for (const operation of all) {
        const [account, tenant] = permittedAccount(operation);
        const token = await world.token(account);
        for (let round = 0; round < 60; round += 1) {
          const bytes = garbage.bytes(operation, tenant, randomUUID());
          const answer = await send(
            clientOf(endpoints.grpc[operation.process] ?? ''),
            operation,
            bytes,
            token,
          );
          if (faulty(answer))
            wrong.push(
              `${operation.name} ${answer.code} ${answer.reason} ${bytes.subarray(0, 60).toString('hex')}`,
            );
        }
      }
      expect(wrong).toEqual([]);
      expect(await written()).toEqual(before);
      expect(system.endpoints().pids).toEqual(pids);
      expect(Object.values(pids).every(isAlive)).toBe(true);
    }, 240_000);

    it('is refused over gRPC when it is too big, or has no message in it', async () => {
      const [operation] = all.filter(({ name }) => name === 'Intake.AddAttachment') as [Operation];
      const token = await world.token('mus.agent');
      const big = await send(
        clientOf(endpoints.grpc['intake'] ?? ''),
        operation,
        Buffer.alloc(13 * 1024 * 1024, 0x22),
        token,
      );
      expect(big.code).toBe(status.RESOURCE_EXHAUSTED);
      for (const each of all)
        expect(
          faulty(await send(clientOf(endpoints.grpc[each.process] ?? ''), each, Buffer.alloc(0), token)),
        ).toBe(false);
    }, 60_000);

    it('is refused over HTTP with a problem and a stable code; nothing is written, nobody falls', async () => {
      const garbage = new Garbage(seeded(7));
      const token = await world.token('mus.agent');
      const routes = httpOperations(endpoints).filter(({ path }) => !endless.includes(path));
      expect(routes.length).toBeGreaterThan(40);
      const before = await written();
      const { pids } = system.endpoints();
      const wrong: string[] = [];
      for (const route of routes) {
        for (let round = 0; round < 20; round += 1) {
          const { url, init, what } = garbageRequest(route, garbage, token);
          const answer = await fetch(url, {
            ...init,
            redirect: 'manual',
            signal: AbortSignal.timeout(15_000),
          });
          const text = await answer.text();
          const problem = (answer.headers.get('content-type') ?? '').includes('problem+json')
            ? (JSON.parse(text) as { code?: string })
            : {};
          if (answer.status >= 500 || (answer.status >= 400 && !codePattern.test(problem.code ?? '')))
            wrong.push(`${what}: ${answer.status} ${text.slice(0, 200)}`);
        }
      }
      expect(wrong).toEqual([]);
      expect(await written()).toEqual(before);
      expect(system.endpoints().pids).toEqual(pids);
    }, 240_000);
  });

  describe('of agencies', () => {
    const [list] = all.filter(({ name }) => name === 'Partner.ListTransfers') as [Operation];
    const ask = (channel: ChannelCredentials): Promise<Answer> => {
      const client = new Client(endpoints.partner.address, channel);
      return send(client, list, list.encode({ tenant: 'MUS' })).finally(() => client.close());
    };
    const pem = (agency: string): readonly [ca: Buffer, key: Buffer, certificate: Buffer] => {
      const { certFile, keyFile } = endpoints.partner.agencies[agency] ?? { certFile: '', keyFile: '' };
      return [readFileSync(endpoints.partner.caFile), readFileSync(keyFile), readFileSync(certFile)];
    };

    it('opens to a listed certificate and closes to everybody else', async () => {
      expect(await ask(credentials.createSsl(...pem('HAYA_WATER')))).toEqual({ code: status.OK, reason: '' });
      expect((await ask(credentials.createInsecure())).code).toBe(status.UNAVAILABLE);
      expect((await ask(credentials.createSsl(pem('HAYA_WATER')[0]))).code).toBe(status.UNAVAILABLE);
    }, 60_000);

    it('shuts an agency out as soon as its line is taken from the list, on open connections too', async () => {
      const file = endpoints.partner.caFile.replace('ca.pem', 'identities.json');
      const whole = readFileSync(file, 'utf8');
      const client = new Client(endpoints.partner.address, credentials.createSsl(...pem('OMANTEL')));
      const asked = (): Promise<Answer> => send(client, list, list.encode({ tenant: 'MUS' }));
      try {
        expect((await asked()).code).toBe(status.OK);
        const { identities } = JSON.parse(whole) as { identities: readonly { agency: string }[] };
        writeFileSync(
          file,
          JSON.stringify({ identities: identities.filter(({ agency }) => agency !== 'OMANTEL') }),
        );
        await eventually(async () => (await asked()).reason === 'CERTIFICATE_UNKNOWN', {
          deadlineMs: 20_000,
          what: 'the refusal',
        });
        expect((await ask(credentials.createSsl(...pem('HAYA_WATER')))).code).toBe(status.OK);
      } finally {
        writeFileSync(file, whole);
        client.close();
      }
    }, 60_000);
  });

  // Last: what a case sets going would disturb the counts above.
  describe('of a living case', () => {
    it('changes nothing in a living case when it is refused there', async () => {
      const reporter = { phone: '+96890004711', email: 'garbage@mail.example' };
      const { caseId } = await reportByApp(world, reporter);
      await (await world.staff('mus.distributor', 'MUS')).queued('SECOND_LINE', caseId);
      const garbage = new Garbage(seeded(99));
      const events = async (): Promise<string> => {
        const { rows } = await database.query<{ types: string }>(
          `select count(*)::text as types from eventstore.events where stream = $1 and type !~ '^(Notification|Reporter)'`,
          [`case-${caseId}`],
        );
        return rows[0]?.types ?? '';
      };
      const wrong: string[] = [];
      for (const operation of all.filter(({ fields }) => fields.some(({ name }) => name === 'caseId'))) {
        const [account, tenant] = permittedAccount(operation);
        const token = await world.token(account);
        const command = operation.fields.some(({ name }) => name === 'header');
        for (let round = 0; round < 15; round += 1) {
          const stale = command && round % 5 === 0;
          const header = {
            commandId: randomUUID(),
            tenant,
            ...(stale ? { expectedDecisionVersion: 999 } : {}),
          };
          const bytes = operation.encode({
            ...garbage.request(operation.fields, tenant, ''),
            header,
            tenant,
            caseId,
          });
          const before = await events();
          const answer = await send(
            clientOf(endpoints.grpc[operation.process] ?? ''),
            operation,
            bytes,
            token,
          );
          const changed = answer.code !== status.OK && (await events()) !== before;
          const blind = stale && answer.code === status.OK;
          if (faulty(answer) || changed || blind)
            wrong.push(
              `${operation.name} ${answer.code} ${answer.reason} ${changed ? 'wrote' : ''} ${blind ? 'took a stale version' : ''} ${bytes.subarray(0, 200).toString('hex')}`,
            );
        }
      }
      expect(wrong).toEqual([]);
    }, 240_000);

    it('shows a contracted operator his own company’s contacts only, and puts the refusal on record', async () => {
      proves('BAH-14');
      const { caseId } = await reportByApp(world, { phone: '+96890004713', email: 'office@mail.example' });
      const token = await world.token('mus.hotline');
      const page = (id: string): Promise<globalThis.Response> =>
        fetch(`${endpoints.backofficeUrl}/api/tenants/MUS/cases/${id}`, {
          headers: { authorization: `Bearer ${token}` },
          signal: AbortSignal.timeout(15_000),
        });
      const operator = await world.staff('mus.hotline', 'MUS');
      const own = await operator.command('Intake', 'OpenCase', { channel: 'PHONE_1111' });
      expect((await page(own.caseId)).status).toBe(200);
      const refused = await page(caseId);
      expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([
        403,
        'CASE_FOREIGN',
      ]);
      await operator.refused('CASE_FOREIGN', 'Intake', 'FillForm', { caseId, form: {} });
      const { rows } = await database.query<{ type: string; organisation: string; action: string }>(
        `select type, metadata::json->'actor'->>'organisation' as organisation, data::json->>'action' as action
         from eventstore.events where stream = $1 order by revision`,
        [`access-${caseId}`],
      );
      expect(rows).toEqual([
        { type: 'AccessDenied', organisation: 'HOTLINE_COMPANY', action: 'case.view' },
        { type: 'AccessDenied', organisation: 'HOTLINE_COMPANY', action: 'case.fill' },
      ]);
    }, 60_000);

    it('puts every refusal of staff on record beside the case, not in it', async () => {
      const { caseId } = await reportByApp(world, { phone: '+96890004712', email: 'denied@mail.example' });
      const [close] = all.filter(({ name }) => name === 'Dispatch.CloseCase') as [Operation];
      const foreign = await call(
        close,
        { caseId, header: { commandId: randomUUID(), tenant: 'MUS' } },
        await world.token('qat.desk'),
      );
      const own = await call(
        close,
        { caseId, header: { commandId: randomUUID(), tenant: 'MUS' } },
        await world.token('mus.agent'),
      );
      expect([foreign.reason, own.reason]).toEqual(['TENANT_FOREIGN', 'ACTION_NOT_PERMITTED']);
      const { rows } = await database.query<{ type: string; data: string; metadata: string }>(
        `select e.type, e.data::text as data, e.metadata::text as metadata from eventstore.events e where e.stream = $1 order by e.revision`,
        [`access-${caseId}`],
      );
      const shown = rows.map(({ type, data, metadata }) => [
        type,
        JSON.parse(data),
        (JSON.parse(metadata) as { actor: unknown }).actor,
      ]);
      expect(shown).toEqual([
        [
          'AccessDenied',
          { caseId, action: 'case.close', code: 'TENANT_FOREIGN' },
          { kind: 'staff', id: 'qat.desk', organisation: 'QAT-MME' },
        ],
        [
          'AccessDenied',
          { caseId, action: 'case.close', code: 'ACTION_NOT_PERMITTED' },
          { kind: 'staff', id: 'mus.agent', organisation: 'MUS' },
        ],
      ]);
    }, 60_000);
  });

  describe('the citizens’ entrance', () => {
    const ask = async (caseNumber: string, phone: string) => {
      const answer = await fetch(`${endpoints.intakeUrl}/v1/MUS/status-requests`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-request-id': 'always-the-same' },
        body: JSON.stringify({ caseNumber, phone }),
        signal: AbortSignal.timeout(15_000),
      });
      const headers = [...answer.headers].filter(([name]) => !['date', 'x-request-id'].includes(name));
      return { status: answer.status, headers, body: await answer.text() };
    };

    it('answers in the same words whether the number is nobody’s or the phone is another’s; the tries are counted', async () => {
      const phone = '+96890004721';
      const { caseId, caseNumber } = await reportByApp(world, { phone, email: 'asked@mail.example' });
      expect(caseId).not.toBe('');
      await eventually(async () => (await ask(caseNumber, phone)).status === 200, {
        deadlineMs: 20_000,
        what: 'the status for its own reporter',
      });
      const answers = [
        await ask(caseNumber, '+96890004722'),
        await ask('MUS-2026-999999', phone),
        await ask('MUS-2026-999999', '+96890004722'),
        await ask('nonsense', 'no phone'),
        await ask(caseNumber, ''.padEnd(10, '9')),
      ];
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
      expect(answers[0]?.status).toBe(404);
      const counted = await eventually(
        async () => {
          const { rows } = await database.query<{ data: string; metadata: string }>(
            `select data::text as data, metadata::text as metadata from eventstore.events where type = 'AccessDenialsCounted'`,
          );
          return rows.find(({ data }) => data.includes('CASE_NOT_FOUND') && data.includes('status-requests'));
        },
        { deadlineMs: 30_000, what: 'the count of tries' },
      );
      expect(JSON.parse(counted.metadata)).toMatchObject({ tenant: 'MUS', actor: { id: 'anonymous' } });
      expect(`${counted.data}${counted.metadata}`).not.toMatch(/9000472|999999|127\.0\.0\.1/);
    }, 90_000);
  });
});
