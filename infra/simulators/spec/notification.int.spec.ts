import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AccessEvent,
  type CaseEvent,
  type StoredEvent,
  accessStream,
  caseStream,
  definitionOf,
} from '@balagh/case-events';
import { type notification } from '@balagh/contracts';
import { accept } from '@balagh/decider';
import { createStreams, migrateEventStore } from '@balagh/event-store';
import { migrateKeys } from '@balagh/privacy';
import { parseProfile, publishProfile } from '@balagh/profile';
import {
  type Principal,
  type RunningPlatform,
  type RunningService,
  createGrpcClient,
  createPlatform,
  grpcError,
  serviceConfig,
  startService,
} from '@balagh/runtime';
import { type TestDatabase, eventually, profileFixture, proves, testDatabase } from '@balagh/testing';
import { NotificationModule, openParts } from '../../../services/notification/src';
import { type RunningSimulators, type SentMessage, startSimulators } from '../src';

const PHONE = '+96890000001';
let database: TestDatabase;
let simulators: RunningSimulators;
let keys: string;
let platform: RunningPlatform;
let service: RunningService;
let cases = 0;

const principal = (role: string, organisation = 'MUS'): Principal => ({
  subject: `account-${role}`,
  kind: 'staff',
  organisation,
  tenants: [organisation],
  roles: [role] as Principal['roles'],
});
/** Tokens of this suite are role names, with the organisation where it is another one: `LINE2.TOURISM`. */
const verifier = {
  verify: async (token: string) => {
    const [role = '', organisation] = token.split('.');
    return principal(role, organisation);
  },
};

beforeAll(async () => {
  database = await testDatabase();
  await migrateEventStore(database.pool);
  await migrateKeys(database.pool);
  keys = mkdtempSync(join(tmpdir(), 'notification-'));
  simulators = await startSimulators({ host: '127.0.0.1', httpPort: 0, smtpPort: 0 });
  await open();
  const actor = { kind: 'system', id: 'profile', organisation: 'MUS' } as const;
  const now = (): string => '2026-05-04T05:00:00.000Z';
  await publishProfile(platform.eventStore, parseProfile(profileFixture('MUS')), { actor, now });
}, 60_000);

afterAll(async () => {
  await service.stop();
  await simulators.stop();
  await database.close();
  rmSync(keys, { recursive: true });
});

async function open(): Promise<void> {
  const config = serviceConfig({
    DATABASE_URL: database.url,
    KEYS_URL: database.url,
    KEK_FILE: join(keys, 'kek.json'),
    ISSUER_URL: 'http://127.0.0.1:9',
    LOG_LEVEL: 'silent',
  });
  platform = await createPlatform({ service: 'notification', author: 'notification', config });
  const parts = await openParts(platform, {
    SMS_GATEWAY_URL: `${simulators.httpUrl}/sms`,
    WHATSAPP_GATEWAY_URL: `${simulators.httpUrl}/whatsapp`,
    SMTP_URL: simulators.smtpUrl,
  });
  const grpc = {
    package: ['balagh.notification.v1'],
    protoPath: ['balagh/notification/v1/notification.proto'],
  };
  const definition = { name: 'notification', author: 'notification', grpc, http: true } as const;
  const module = (running: RunningPlatform) => NotificationModule.over(running, parts);
  service = await startService({ ...definition, module }, { config, platform, verifier });
}

const id = (kind: number, n: number): string =>
  `${kind}0000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

async function happened(caseId: string, ...events: CaseEvent[]): Promise<void> {
  for (const event of events) {
    cases += 1;
    const author = definitionOf(event.type)?.author ?? 'intake';
    const streams = createStreams(platform.eventStore, { author, now: () => new Date().toISOString() });
    const commandId = id(3, cases);
    const actor = { kind: 'staff', id: 'account-1', organisation: 'MUS' } as const;
    const why = { correlationId: caseId, causationId: commandId, profileVersion: 1 };
    await streams.execute(caseStream(caseId), { commandId, tenant: 'MUS', actor, line: '1', ...why }, () =>
      accept(event),
    );
  }
}

async function registeredCase(n: number): Promise<string> {
  const [caseId, subjectId, registeredAt] = [id(1, n), id(2, n), new Date().toISOString()];
  await platform.privacy.mint(subjectId, 'MUS');
  const phone = await platform.privacy.seal(subjectId, PHONE);
  const details = await platform.privacy.seal(subjectId, 'تسرب ماء قرب الحديقة');
  await happened(
    caseId,
    { type: 'CaseOpened', data: { caseId, channel: 'PHONE_1111', subjectId } },
    { type: 'FormFilled', data: { form: { phone, details, filled: ['details', 'phone'] } } },
    {
      type: 'CaseRegistered',
      data: {
        caseNumber: number(n),
        caseType: 'NOTE',
        category: 'WATER',
        channel: 'PHONE_1111',
        language: 'ar',
        needFlags: [],
        attachments: 0,
        reachableBy: ['SMS'],
        requiredFields: 'COMPLETE',
        registeredAt,
        clockStart: registeredAt,
      },
    },
  );
  return caseId;
}

const number = (n: number): string => `MUS-2026-${String(n).padStart(6, '0')}`;

const sent = async (text: string): Promise<readonly SentMessage[]> => {
  const answer = await fetch(`${simulators.httpUrl}/messages?text=${encodeURIComponent(text)}`);
  return ((await answer.json()) as { messages: SentMessage[] }).messages;
};
const caseEvents = async (caseId: string): Promise<readonly StoredEvent[]> =>
  (await platform.streams.load(caseStream(caseId))).events;
const told = async (caseId: string, type: string) =>
  (await caseEvents(caseId)).filter((event) => event.type === type);
const fault = (mode: string, count: number) =>
  fetch(`${simulators.httpUrl}/sms/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ mode, count }),
  });

const client = (token: string) =>
  createGrpcClient<notification.NotificationClient>(
    'balagh.notification.v1',
    'Notification',
    `127.0.0.1:${service.grpcPort}`,
    { retries: 0, token },
  );

describe('notification over real channels, store and database', () => {
  it('sends the number once when a case is registered, and lists the message until it is delivered', async () => {
    proves('MUS-11');
    const caseId = await registeredCase(1);
    await eventually(async () => (await told(caseId, 'NotificationSent')).length === 1);
    expect(await sent(number(1))).toMatchObject([{ channel: 'SMS', to: PHONE, attempts: 1 }]);
    const line2 = client('LINE2');
    const delivered = await eventually(async () => {
      const { messages } = await line2.listMessages({ tenant: 'MUS', caseId });
      return messages[0]?.state === 'DELIVERED' ? messages : undefined;
    });
    line2.close();
    expect(delivered).toMatchObject([
      { template: 'MUS_REGISTERED', channel: 'SMS', attempts: 1, recipient: 'REPORTER' },
    ]);
  }, 30_000);

  it('tells reporter and agency of a transfer, by SMS and e-mail', async () => {
    const caseId = await registeredCase(2);
    await happened(caseId, {
      type: 'CaseTransferred',
      data: {
        transferId: id(4, 2),
        agency: 'HAYA_WATER',
        agencyAr: 'حيا للمياه',
        agencyEn: 'Haya Water',
        mode: 'TRANSFER',
        transports: ['SMS', 'EMAIL'],
        dueAt: '2026-05-07T06:00:00.000Z',
      },
    });
    await eventually(async () => (await told(caseId, 'NotificationSent')).length === 4);
    const messages = await sent(number(2));
    expect(messages.map(({ channel }) => channel).sort()).toEqual(['EMAIL', 'SMS', 'SMS', 'SMS']);
    expect(messages.filter(({ to, text }) => to === PHONE && text.includes('حيا للمياه'))).toHaveLength(1);
    expect(messages.find(({ channel }) => channel === 'EMAIL')?.text).toContain('تسرب ماء قرب الحديقة');
  }, 30_000);

  it('with a gateway that times out once: one SMS reaches the log, DELIVERED, after two attempts', async () => {
    proves('MUS-18');
    await fault('hang', 1);
    const caseId = await registeredCase(3);
    await eventually(async () => (await told(caseId, 'NotificationSent')).length === 1, {
      deadlineMs: 25_000,
    });
    const delivered = await eventually(async () => {
      const messages = await sent(number(3));
      return messages[0]?.status === 'DELIVERED' ? messages : undefined;
    });
    expect(delivered).toMatchObject([{ channel: 'SMS', to: PHONE, attempts: 2, status: 'DELIVERED' }]);
    expect((await told(caseId, 'NotificationSent'))[0]?.data).toMatchObject({ attempts: 2 });
  }, 40_000);

  it('goes on with other cases while the gateway hangs', async () => {
    await fault('hang', 3);
    const hanging = [await registeredCase(11), await registeredCase(12), await registeredCase(13)];
    await eventually(
      async () =>
        (await sent(number(13))).length === 0 &&
        (await told(hanging[2] ?? '', 'NotificationRequested')).length === 1,
    );
    const next = await registeredCase(14);
    await eventually(async () => (await told(next, 'NotificationSent')).length === 1, { deadlineMs: 4_000 });
    for (const caseId of hanging) {
      await eventually(async () => (await told(caseId, 'NotificationSent')).length === 1, {
        deadlineMs: 25_000,
      });
    }
  }, 60_000);

  it('goes on after a restart with what the stopped process left, and sends it once', async () => {
    await fault('unavailable', 1);
    const caseId = await registeredCase(21);
    const line2 = client('LINE2');
    await eventually(
      async () => (await line2.listMessages({ tenant: 'MUS', caseId })).messages[0]?.attempts === 1,
    );
    line2.close();
    await service.stop();
    await open();
    expect(await sent(number(21))).toEqual([]);
    await eventually(async () => (await told(caseId, 'NotificationSent')).length === 1, {
      deadlineMs: 20_000,
    });
    expect(await sent(number(21))).toMatchObject([{ attempts: 2 }]);
  }, 60_000);
});

describe('looking after messages', () => {
  it('needs a role for it, the right organisation and well-formed ids', async () => {
    const failureOf = async (call: Promise<unknown>) =>
      grpcError(
        await call.then(
          () => undefined,
          (error: unknown) => error,
        ),
      );
    const [line1, line2] = [client('LINE1'), client('LINE2')];
    const request = { tenant: 'MUS', caseId: id(1, 1) };
    expect(await failureOf(line1.listMessages(request))).toMatchObject({ reason: 'ACTION_NOT_PERMITTED' });
    expect(await failureOf(line2.listMessages({ ...request, tenant: 'TOURISM' }))).toMatchObject({
      reason: 'TENANT_FOREIGN',
    });
    expect(await failureOf(line2.listMessages({ ...request, caseId: id(1, 999) }))).toMatchObject({
      reason: 'CASE_NOT_FOUND',
    });
    expect(await failureOf(line2.listMessages({ ...request, caseId: 'x' }))).toMatchObject({
      reason: 'REQUEST_INVALID',
    });
    const [message] = (await line2.listMessages(request)).messages;
    const reconcile = { tenant: 'MUS', messageId: message?.messageId ?? '', commandId: id(5, 1), found: '' };
    expect(await failureOf(line2.reconcileMessage(reconcile))).toMatchObject({
      reason: 'MESSAGE_NOT_UNKNOWN',
    });
    expect(await failureOf(line2.reconcileMessage({ ...reconcile, found: 'PERHAPS' }))).toMatchObject({
      reason: 'REQUEST_INVALID',
    });
    line1.close();
    line2.close();
  });

  it('hides the messages of another organisation’s case, and puts that on record', async () => {
    const foreign = client('LINE2.TOURISM');
    const caseId = id(1, 1);
    const refusal: unknown = await foreign
      .listMessages({ tenant: 'TOURISM', caseId })
      .catch((error: unknown) => error);
    foreign.close();
    expect(grpcError(refusal)).toMatchObject({ reason: 'CASE_NOT_FOUND' });
    const { events } = await platform.streams.load<AccessEvent>(accessStream(caseId));
    expect(events.at(-1)).toMatchObject({
      type: 'AccessDenied',
      data: { caseId, action: 'message.view', code: 'TENANT_FOREIGN' },
      metadata: { tenant: 'MUS', actor: { id: 'account-LINE2', organisation: 'TOURISM' } },
    });
  });

  it('rebuilds the work table on demand of an administrator, and sends nothing again', async () => {
    const url = `http://127.0.0.1:${service.httpPort}/internal/rebuild`;
    const post = (token: string) =>
      fetch(url, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
    expect((await post('LINE2')).status).toBe(403);
    const earlier = (await sent('')).length;
    const answer = await post('ADMINISTRATOR');
    expect(answer.status).toBe(200);
    const { messages } = (await answer.json()) as { messages: number };
    expect(messages).toBeGreaterThanOrEqual(10);
    await eventually(async () => {
      const { rows } = await database.pool.query<{ open: string }>(
        `select count(*) as open from message where due_at is not null`,
      );
      return rows[0]?.open === '0';
    });
    expect(await sent('')).toHaveLength(earlier);
  }, 30_000);
});
