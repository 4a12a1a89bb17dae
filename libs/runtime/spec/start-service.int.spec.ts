import { once } from 'node:events';
import { connect } from 'node:net';
import 'reflect-metadata';
import { Client, credentials, status } from '@grpc/grpc-js';
import { type Actor } from '@balagh/case-events';
import { generateKeyPairSync } from 'node:crypto';
import {
  Rejected,
  type RunningService,
  createGrpcClient,
  grpcError,
  serviceConfig,
  startService,
} from '../src';
import { type LocalIssuer, localIssuer } from './fixtures/local-issuer';
import { tinyPlatform } from './fixtures/tiny-platform';
import { type Command, type TinyIntake, TinyModule, caseId, commandId, seen } from './fixtures/tiny-service';

describe('a running service', () => {
  let issuer: LocalIssuer;
  let service: RunningService;
  let http: string;
  let healthy = true;
  const redriven: string[] = [];
  const parkedCase = {
    consumer: 'tiny.reactions',
    caseId,
    topic: 'case.intake',
    revision: 3,
    reason: 'MESSAGE_INVALID',
    parkedAt: '2026-01-04T06:00:00.000Z',
  } as const;
  const client = (token?: string) =>
    createGrpcClient<TinyIntake>('balagh.intake.v1', 'Intake', `127.0.0.1:${service.grpcPort}`, {
      retries: 0,
      ...(token === undefined ? {} : { token }),
    });
  const command = (tenant = 'MUS', id = commandId): Command => ({
    header: { commandId: id, tenant },
    caseId: '',
  });
  const failureOf = async (call: Promise<unknown>) =>
    grpcError(
      await call.then(
        () => undefined,
        (error: unknown) => error,
      ),
    );

  beforeAll(async () => {
    issuer = await localIssuer();
    const config = serviceConfig({
      DATABASE_URL: 'postgres://tiny@127.0.0.1:1/balagh',
      ISSUER_URL: issuer.url,
      PUBLIC_RATE_PER_SECOND: '1',
      PUBLIC_BURST: '3',
    });
    const platform = tinyPlatform(config, () => ({
      ready: healthy,
      database: healthy ? 'up' : 'down',
      eventStore: 'up',
      consumers: {},
    }));
    const definition = {
      name: 'tiny',
      module: TinyModule,
      grpc: { package: ['balagh.intake.v1'], protoPath: ['balagh/intake/v1/intake.proto'] },
    };
    const consumers = {
      parkedCases: async () => [parkedCase],
      redrive: async (consumer: string, caseId: string) => {
        if (consumer !== parkedCase.consumer)
          throw new Rejected({ code: 'CONSUMER_UNKNOWN', reason: 'missing' });
        redriven.push(caseId);
      },
    };
    service = await startService(definition, { config, platform: { ...platform, consumers } });
    http = `http://127.0.0.1:${service.httpPort}`;
  });

  afterAll(async () => {
    await service.stop();
    issuer.stop();
  });

  describe('over gRPC', () => {
    it('answers a command with the generated shape and takes actor, line and trace from token and metadata', async () => {
      const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
      const intake = client(await issuer.token());
      const answer = await intake.openCase(command(), { metadata: { traceparent } });
      intake.close();
      expect(answer).toMatchObject({ caseId, revision: '0', decisionVersion: 1 });
      const actor: Actor = { kind: 'staff', id: 'mus.agent', organisation: 'MUS' };
      expect(seen.at(-1)).toMatchObject({
        commandId,
        tenant: 'MUS',
        actor,
        line: '1',
        correlationId: caseId,
        causationId: commandId,
      });
      expect(seen.at(-1)?.trace).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/);
    });

    it.each([
      ['no token', () => Promise.resolve(undefined)],
      ['an expired token', () => issuer.token({ exp: 1_700_000_000 })],
      ['a token for another audience', () => issuer.token({ aud: 'elsewhere' })],
      ['a token of another issuer', () => issuer.token({ iss: 'https://elsewhere.example' })],
      ['a token without tenants', () => issuer.token({ tenants: undefined })],
      [
        'a token signed by another key',
        () => issuer.token({}, generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey),
      ],
      ['something that is no token', () => Promise.resolve('abc')],
    ])('refuses %s as UNAUTHENTICATED', async (_what, token) => {
      const intake = client(await token());
      expect(await failureOf(intake.openCase(command()))).toEqual({
        code: status.UNAUTHENTICATED,
        reason: 'TOKEN_INVALID',
        details: {},
      });
      intake.close();
    });

    it('denies another tenant and an action outside the role, whether or not the rest is valid', async () => {
      const intake = client(await issuer.token());
      expect(await failureOf(intake.openCase(command('QAT-MME', 'nonsense')))).toEqual({
        code: status.PERMISSION_DENIED,
        reason: 'TENANT_FOREIGN',
        details: {},
      });
      intake.close();
      const auditor = client(await issuer.token({ roles: ['AUDITOR'] }));
      expect(await failureOf(auditor.openCase(command()))).toEqual({
        code: status.PERMISSION_DENIED,
        reason: 'ACTION_NOT_PERMITTED',
        details: {},
      });
      auditor.close();
    });

    it('refuses a command without a header, and one whose id is no UUID, naming the place', async () => {
      const intake = client(await issuer.token());
      expect(await failureOf(intake.openCase({ caseId: '' }))).toEqual({
        code: status.INVALID_ARGUMENT,
        reason: 'COMMAND_HEADER_INVALID',
        details: { problems: [{ path: 'header.tenant', problem: 'REQUIRED' }] },
      });
      expect(await failureOf(intake.openCase(command('MUS', 'seven')))).toMatchObject({
        details: { problems: [{ path: 'header.commandId', problem: 'NOT_A_UUID' }] },
      });
      intake.close();
    });

    it('carries a rejection with its details, Arabic included', async () => {
      const intake = client(await issuer.token());
      expect(await failureOf(intake.registerCase({ caseId: 'x' }))).toEqual({
        code: status.INVALID_ARGUMENT,
        reason: 'FIELDS_MISSING',
        details: { fields: ['phone', 'directorate'], missing_ar: 'رقم الهاتف' },
      });
      expect(await failureOf(intake.registerCase({ caseId: 'stale' }))).toEqual({
        code: status.ABORTED,
        reason: 'VERSION_STALE',
        details: { decisionVersion: 7 },
      });
      intake.close();
    });

    it('tells a retriable fault as UNAVAILABLE and anything unknown as INTERNAL without its message', async () => {
      const intake = client(await issuer.token());
      expect(await failureOf(intake.registerCase({ caseId: 'store' }))).toEqual({
        code: status.UNAVAILABLE,
        reason: 'STORE_UNAVAILABLE',
        details: {},
      });
      const error: unknown = await intake
        .registerCase({ caseId: 'fault' })
        .catch((thrown: unknown) => thrown);
      expect(grpcError(error)).toEqual({ code: status.INTERNAL, reason: 'INTERNAL_FAULT', details: {} });
      expect(JSON.stringify(error)).not.toContain('9000');
      intake.close();
    });

    it('serves health and reflection without a token', async () => {
      const raw = new Client(`127.0.0.1:${service.grpcPort}`, credentials.createInsecure());
      const health = await new Promise<Buffer>((resolve, fail) => {
        const same = (bytes: Buffer): Buffer => bytes;
        const deadline = { deadline: Date.now() + 5_000 };
        raw.makeUnaryRequest(
          '/grpc.health.v1.Health/Check',
          same,
          same,
          Buffer.alloc(0),
          deadline,
          (error, reply) => (error === null ? resolve(reply ?? Buffer.alloc(0)) : fail(error)),
        );
      });
      // Field 1, varint 1: SERVING.
      expect([...health]).toEqual([8, 1]);
      const listing = await new Promise<string>((resolve, fail) => {
        const same = (bytes: Buffer): Buffer => bytes;
        const call = raw.makeBidiStreamRequest(
          '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
          same,
          same,
          { deadline: Date.now() + 5_000 },
        );
        call.on('data', (reply: Buffer) => resolve(reply.toString('latin1')));
        call.on('error', fail);
        call.write(Buffer.from([0x3a, 0x00]));
        call.end();
      });
      expect(listing).toContain('balagh.intake.v1.Intake');
      raw.close();
    });
  });

  describe('over HTTP', () => {
    const get = async (path: string, headers: Record<string, string> = {}) =>
      fetch(`${http}${path}`, { headers });

    it('lives, and is ready only while what it stands on is', async () => {
      expect((await get('/healthz')).status).toBe(200);
      expect((await get('/readyz')).status).toBe(200);
      healthy = false;
      const unready = await get('/readyz');
      healthy = true;
      expect(unready.status).toBe(503);
      expect(await unready.json()).toMatchObject({ ready: false, database: 'down' });
    });

    it('knows who calls from the token alone', async () => {
      const line3 = await issuer.token({
        sub: 'mus.cleaning',
        roles: ['LINE3', 'UNKNOWN'],
        party: 'DIR-SERVICES',
        section: 'SEC-CLEANING',
      });
      const answer = await get('/v1/me', { authorization: `Bearer ${line3}` });
      expect(await answer.json()).toEqual({
        subject: 'mus.cleaning',
        kind: 'staff',
        organisation: 'MUS',
        tenants: ['MUS', 'TOURISM'],
        roles: ['LINE3'],
        party: { code: 'DIR-SERVICES', section: 'SEC-CLEANING' },
      });
    });

    it('answers problem details with a stable code', async () => {
      const without = await get('/v1/me');
      expect(without.status).toBe(401);
      expect(without.headers.get('content-type')).toContain('application/problem+json');
      expect(await without.json()).toEqual({
        type: 'urn:balagh:problem:token-invalid',
        title: 'A valid token is needed',
        status: 401,
        code: 'TOKEN_INVALID',
      });
      const authorization = `Bearer ${await issuer.token()}`;
      const invalid = await get('/v1/invalid', { authorization });
      expect(invalid.status).toBe(422);
      expect(await invalid.json()).toMatchObject({
        code: 'FORM_INVALID',
        problems: [{ path: 'form.phone', problem: 'NOT_A_PHONE' }],
      });
      const fault = await get('/v1/fault', { authorization });
      expect(fault.status).toBe(500);
      expect(await fault.text()).not.toContain('9000');
      const nowhere = await get('/v1/nowhere', { authorization });
      expect([nowhere.status, ((await nowhere.json()) as { code: string }).code]).toEqual([
        404,
        'ROUTE_UNKNOWN',
      ]);
    });

    it('shows parked cases to administrators only, and hands them to their consumer again', async () => {
      const administrator = `Bearer ${await issuer.token({ sub: 'admin', roles: ['ADMINISTRATOR'] })}`;
      const redrive = async (authorization: string, body: object) => {
        const headers = { authorization, 'content-type': 'application/json' };
        const answer = await fetch(`${http}/internal/redrive`, {
          method: 'POST',
          headers,
          body: JSON.stringify(body),
        });
        return [answer.status, await answer.json()] as const;
      };
      const parked = await get('/internal/parked', { authorization: administrator });
      expect([parked.status, await parked.json()]).toEqual([200, { parked: [parkedCase] }]);
      expect(await redrive(administrator, { consumer: 'tiny.reactions', caseId })).toEqual([
        200,
        { redriven: true },
      ]);
      expect(redriven).toEqual([caseId]);
      expect(await redrive(administrator, { consumer: 'tiny.nobody', caseId })).toMatchObject([
        404,
        { code: 'CONSUMER_UNKNOWN' },
      ]);
      expect(await redrive(administrator, { caseId })).toMatchObject([422, { code: 'REDRIVE_INVALID' }]);
      const line1 = `Bearer ${await issuer.token()}`;
      expect(await redrive(line1, { consumer: 'tiny.reactions', caseId })).toMatchObject([
        403,
        { code: 'ACTION_NOT_PERMITTED' },
      ]);
      expect((await get('/internal/parked', { authorization: line1 })).status).toBe(403);
      expect((await get('/internal/parked')).status).toBe(401);
      expect(redriven).toEqual([caseId]);
    });

    it('refuses bodies that are too large or no JSON', async () => {
      const post = (body: string) =>
        fetch(`${http}/v1/echo`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      const large = await post(JSON.stringify('a'.repeat(300_000)));
      expect([large.status, ((await large.json()) as { code: string }).code]).toEqual([
        413,
        'BODY_TOO_LARGE',
      ]);
      const broken = await post('{');
      expect([broken.status, ((await broken.json()) as { code: string }).code]).toEqual([
        400,
        'REQUEST_MALFORMED',
      ]);
    });

    it.each([
      [
        'headers without end',
        `GET /v1/open HTTP/1.1\r\nhost: x\r\nx: ${'a'.repeat(40_000)}\r\n\r\n`,
        431,
        'HEADERS_TOO_LARGE',
      ],
      ['no request at all', 'one two three\r\n\r\n', 400, 'REQUEST_MALFORMED'],
      [
        'a header that ends early',
        'GET /v1/open HTTP/1.1\r\nhost: x\r\nx\0y: 1\r\n\r\n',
        400,
        'REQUEST_MALFORMED',
      ],
      [
        'chunks that are none',
        'POST /v1/echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n',
        400,
        'REQUEST_MALFORMED',
      ],
      [
        'two lengths',
        'POST /v1/echo HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}',
        400,
        'REQUEST_MALFORMED',
      ],
    ])('answers %s with a problem and a code too', async (_what, bytes, expected, code) => {
      const socket = connect(service.httpPort, '127.0.0.1');
      const chunks: Buffer[] = [];
      socket.on('data', (chunk: Buffer) => chunks.push(chunk));
      socket.on('error', () => undefined);
      socket.write(bytes);
      await once(socket, 'close');
      const [head = '', body = ''] = Buffer.concat(chunks).toString().split('\r\n\r\n');
      expect(head).toMatch(new RegExp(`^HTTP/1.1 ${expected} `));
      expect(head).toContain('content-type: application/problem+json');
      expect(JSON.parse(body)).toMatchObject({ status: expected, code });
    });

    it('keeps a good request id and replaces a bad one', async () => {
      expect((await get('/healthz', { 'x-request-id': 'abcd-1234' })).headers.get('x-request-id')).toBe(
        'abcd-1234',
      );
      expect((await get('/healthz', { 'x-request-id': 'a b' })).headers.get('x-request-id')).toMatch(
        /^[0-9a-f-]{36}$/,
      );
    });

    it('limits open routes per address and says when to come again', async () => {
      const answers = [
        await get('/v1/open'),
        await get('/v1/open'),
        await get('/v1/open'),
        await get('/v1/open'),
      ];
      expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 429]);
      expect(answers[3]?.headers.get('retry-after')).toBe('1');
      expect((await get('/healthz')).status).toBe(200);
    });
  });
});
