import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type partner } from '@balagh/contracts';
import { eventually } from '@balagh/testing';
import { CallRefused, World } from '../src';
import { type Place, found, logPlaces, tablePlaces, topicPlaces } from './clear-text';
import { LaunchedSystem, whyNoKafka } from './launched-system';
import { removeSpanFile, spanFile } from './observed';

/** Invented values that nothing else in the system looks like. */
const canary = {
  reporterName: 'كناريا بنت العصفور',
  civilNumber: '84713377',
  phone: '+96890713377',
  email: 'canary-7q9x@mail.example',
  address: 'زقاق الكناري رقم 77341',
  details: 'سر الكناري المكتوم 7Q9X عند السدرة',
};
const said = {
  note: 'ملاحظة عن كناريا 5Z77',
  action: 'عمل عند كناريا 6K88',
  resolution: 'جواب الكناري 3W99 للشاكية',
};
/** Phones are written in several ways; these digits are in all of them. */
const secrets = { ...canary, ...said, phone: '90713377' };

const noKafka = whyNoKafka();
const feeds = noKafka === undefined ? (['store', 'kafka'] as const) : (['store'] as const);
const tenant = 'MUS';

if (noKafka !== undefined)
  it(`not run over Kafka: ${noKafka}`, () => console.warn(`privacy over Kafka not run: ${noKafka}`));

describe.each(feeds)('nothing personal is kept or told in clear, feed %s', (feed) => {
  const overKafka = feed === 'kafka';
  const spans = spanFile();
  const system = new LaunchedSystem(overKafka ? ['--kafka'] : [], {
    BALAGH_TELEMETRY_FILE: spans,
    LOG_LEVEL: 'debug',
  });
  const refusals: Place[] = [];
  let world: World;
  beforeAll(async () => {
    world = new World(await system.start());
    await wayOfTheCase(world);
    refusals.push(...(await refusedRequests(world)), ...(await refusedCalls(world)));
  }, 240_000);
  afterAll(async () => {
    world?.close();
    await system.stop();
    removeSpanFile(spans);
  }, 60_000);

  it('the reporter got her messages and the search finds what is in clear, in any spelling', async () => {
    expect((await world.messages(said.resolution)).length).toBeGreaterThan(0);
    const planted = [
      '{"to":"0096890713377"}',
      '\\u0643\\u0646\\u0627\\u0631\\u064a\\u0627 \\u0628\\u0646\\u062a \\u0627\\u0644\\u0639\\u0635\\u0641\\u0648\\u0631',
      encodeURIComponent(canary.address),
    ];
    expect(
      found(
        secrets,
        planted.map((text, i) => ({ name: String(i), text })),
      ),
    ).toEqual(['0: phone', '1: reporterName', '2: address']);
  });

  it('logs at level debug hold none of it', () => {
    const logs = logPlaces(system.dataDir);
    expect(logs.find(({ name }) => name === 'log intake.log')?.text).toContain('"event"');
    expect(found(secrets, [...logs, { name: 'launcher', text: system.log() }])).toEqual([]);
  });

  it('spans and metrics hold none of it', async () => {
    const text = readFileSync(spans, 'utf8');
    expect(text).toContain('message.submit');
    const metrics = await Promise.all(
      Object.entries(system.endpoints().http).map(async ([name, address]) => ({
        name: `metrics ${name}`,
        text: await (await fetch(`${address}/metrics`)).text(),
      })),
    );
    expect(found(secrets, [{ name: 'spans', text }, ...metrics])).toEqual([]);
  }, 30_000);

  it('events, read models, progress and keys hold none of it', async () => {
    const tables = await tablePlaces(system.endpoints().adminDatabaseUrl);
    expect(tables.find(({ name }) => name === 'table eventstore.events')?.text).toContain('CaseClosed');
    expect(found(secrets, tables)).toEqual([]);
  }, 30_000);

  it('answers that refuse hold none of it', () => {
    expect(refusals.length).toBe(8);
    expect(found(secrets, refusals)).toEqual([]);
  });

  if (overKafka) {
    it('topics hold none of it', async () => {
      const brokers = system.endpoints().kafkaBrokers ?? '';
      const topics = await topicPlaces(brokers, [
        'case.intake',
        'case.routing',
        'case.dispatch',
        'case.notification',
      ]);
      expect(topics.find(({ name }) => name === 'topic case.dispatch')?.text).toContain('CaseClosed');
      expect(found(secrets, topics)).toEqual([]);
    }, 60_000);
  }
});

/** From registration to closure, with a partner agency in between and something confidential in every text. */
async function wayOfTheCase(world: World): Promise<void> {
  const form = { caseType: 'NOTE', category: 'WATER', language: 'ar', preferredChannel: 'EMAIL', ...canary };
  const { status, body } = await world.citizen(`/v1/${tenant}/reports`, { channel: 'WEB_PORTAL', form });
  expect([status, body['code']]).toEqual([201, undefined]);
  const { reportId: caseId, caseNumber } = body as { reportId: string; caseNumber: string };
  const distributor = await world.staff('mus.distributor', tenant);
  await distributor.queued('SECOND_LINE', caseId);
  await distributor.command('Dispatch', 'TransferCase', { caseId });
  await distributor.command('Dispatch', 'RecordFollowUp', { caseId, note: said.note });
  const token = await world.token('haya-water');
  const call = <Answer>(method: string, request: object): Promise<Answer> =>
    world.grpc.call('Partner', method, token, { tenant, ...request });
  const { transferId } = await eventually(
    async () =>
      (await call<partner.ListTransfersResponse>('ListTransfers', { pageSize: 200 })).transfers.find(
        (t) => t.caseNumber === caseNumber,
      ),
    { deadlineMs: 30_000, what: 'the transfer in the agency’s list' },
  );
  expect((await call<partner.Transfer>('GetTransfer', { transferId })).details).toBe(canary.details);
  await call('Acknowledge', { transferId, commandId: randomUUID(), externalReference: 'HW-2026-1' });
  await call('AddAction', { transferId, commandId: randomUUID(), description: said.action, state: 'DONE' });
  await call('ReturnResolution', {
    transferId,
    commandId: randomUUID(),
    resolution: said.resolution,
    result: 'SOLVED',
  });
  await distributor.queued('SECOND_LINE', caseId);
  await distributor.command('Dispatch', 'IssueReply', { caseId });
  const auditor = await world.staff('mus.auditor', tenant);
  await auditor.trailWith(caseNumber, 'ReplyIssued', 'NotificationSent', 'ReporterInformed');
  await distributor.command('Dispatch', 'CloseCase', { caseId });
  await auditor.trailWith(caseNumber, 'CaseClosed');
}

/** Citizens' requests that go wrong while they carry something personal: in values, names of fields, address and broken JSON. */
async function refusedRequests(world: World): Promise<readonly Place[]> {
  const { intakeUrl } = world.endpoints;
  const post = (path: string, body: string): Promise<Response> =>
    fetch(`${intakeUrl}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
      body,
    });
  const form = {
    caseType: canary.reporterName,
    category: canary.details,
    [canary.email]: canary.phone,
    location: canary.address,
  };
  const answers = [
    await post(`/v1/${tenant}/reports`, JSON.stringify({ channel: canary.email, form })),
    await post(
      `/v1/${tenant}/reports`,
      `{"form": {"reporterName": "${canary.reporterName}" ${canary.details}`,
    ),
    await post(
      `/v1/${tenant}/status-requests`,
      JSON.stringify({ caseNumber: canary.reporterName, phone: canary.phone }),
    ),
    await fetch(`${intakeUrl}/v1/${tenant}/${encodeURIComponent(canary.reporterName)}?phone=${canary.phone}`),
    await post(
      `/v1/${encodeURIComponent(canary.reporterName)}/reports`,
      JSON.stringify({ channel: 'WEB_PORTAL', form: canary }),
    ),
  ];
  expect(answers.map(({ status }) => status >= 400 && status < 500)).toEqual(answers.map(() => true));
  return Promise.all(
    answers.map(async (answer, i) => ({
      name: `refusal ${i}`,
      text: `${await answer.text()} ${JSON.stringify([...answer.headers])}`,
    })),
  );
}

async function refusedCalls(world: World): Promise<readonly Place[]> {
  const token = await world.token('mus.distributor');
  const header = { commandId: randomUUID(), tenant };
  const calls: readonly (readonly ['Intake' | 'Dispatch', string, object])[] = [
    ['Dispatch', 'ReferCase', { header, caseId: canary.reporterName, owner: { code: canary.details } }],
    [
      'Intake',
      'OpenCase',
      {
        header: { commandId: canary.phone, tenant, correlationId: 'x' },
        channel: canary.email,
        contactReference: canary.phone,
      },
    ],
    ['Dispatch', 'ListQueue', { tenant, queue: canary.reporterName, pageToken: canary.details }],
  ];
  return Promise.all(
    calls.map(async ([service, method, request]) => {
      const error: unknown = await world.grpc.call(service, method, token, request).then(
        () => undefined,
        (refusal: unknown) => refusal,
      );
      expect(error).toBeInstanceOf(CallRefused);
      return {
        name: `${service}.${method}`,
        text: error instanceof CallRefused ? `${error.message} ${JSON.stringify(error.details)}` : '',
      };
    }),
  );
}
