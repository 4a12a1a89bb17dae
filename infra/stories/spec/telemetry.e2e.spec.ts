import { randomBytes, randomUUID } from 'node:crypto';
import { eventually, proves } from '@balagh/testing';
import { World } from '../src';
import { inventedPhone } from '../src/story';
import { LaunchedSystem, whyNoKafka } from './launched-system';
import { edgesOf, removeSpanFile, spanFile, spansIn, undeclared, undeclaredMetrics } from './observed';

/** The way of one case: each step is the parent of the next one in some other process, or in the same. */
const way: readonly string[] = [
  'intake http.server → intake stream.execute CaseRegistered',
  'intake stream.execute CaseRegistered → routing feed.handle CaseRegistered by routing.case-registered',
  'routing feed.handle CaseRegistered by routing.case-registered → routing stream.execute CaseRouted',
  'routing stream.execute CaseRouted → dispatch feed.handle CaseRouted by dispatch.second-line',
  'dispatch feed.handle CaseRouted by dispatch.second-line → dispatch stream.execute CaseSentToSecondLine',
  'intake stream.execute CaseRegistered → notification feed.handle CaseRegistered by notification.case-events',
  'notification feed.handle CaseRegistered by notification.case-events → notification stream.execute MessagePrepared',
  'notification stream.execute MessagePrepared → notification message.submit',
];

function traceSuite(extra: readonly string[]): void {
  const file = spanFile();
  const system = new LaunchedSystem(extra, { BALAGH_TELEMETRY_FILE: file });
  let world: World;
  beforeAll(async () => {
    world = new World(await system.start());
  }, 180_000);
  afterAll(async () => {
    world?.close();
    await system.stop();
    removeSpanFile(file);
  }, 60_000);

  it('one trace leads from the registration through every service to the reporter’s SMS, across the death of a process', async () => {
    proves('SYS-07');
    const notification = system.endpoints().pids['notification'];
    if (notification === undefined) throw new Error('no notification process');
    process.kill(notification, 'SIGSTOP');
    const traceId = randomBytes(16).toString('hex');
    const { caseId, caseNumber } = await register(
      world,
      `00-${traceId}-${randomBytes(8).toString('hex')}-01`,
    );
    const distributor = await world.staff('mus.distributor', 'MUS');
    await distributor.queued('SECOND_LINE', caseId);
    process.kill(notification, 'SIGKILL');
    await eventually(async () => (await world.messages(caseNumber)).length > 0, {
      deadlineMs: 60_000,
      what: 'the SMS with the number',
    });

    await eventually(() => missing(file, traceId).length === 0, { deadlineMs: 30_000 }).catch(
      () => undefined,
    );
    expect(missing(file, traceId)).toEqual([]);
    const spans = spansIn(file).filter((span) => span.traceId === traceId);
    const ids = new Set(spans.map(({ spanId }) => spanId));
    const entrances = spans.filter(
      ({ parentSpanId }) => parentSpanId === undefined || !ids.has(parentSpanId),
    );
    expect(entrances.map(({ service, name }) => `${service} ${name}`)).toEqual(['balagh-intake http.server']);
  }, 180_000);

  it('spans, metrics and their attributes are the declared ones', async () => {
    const spans = spansIn(file);
    expect(spans.length).toBeGreaterThan(10);
    expect(undeclared(spans)).toEqual([]);
    const texts = await Promise.all(
      Object.values(system.endpoints().http).map(async (address) =>
        (await fetch(`${address}/metrics`)).text(),
      ),
    );
    expect(texts.flatMap((text) => undeclaredMetrics(text))).toEqual([]);
    const all = texts.join('\n');
    for (const name of [
      'balagh_append_duration_count',
      'balagh_hop_duration_count',
      'balagh_feed_lag',
      'balagh_cases_parked',
      'balagh_queue_depth',
      'balagh_timers_overdue',
      'balagh_messages_late',
      'balagh_cases_unowned_oldest',
    ]) {
      expect(all).toMatch(new RegExp(`^${name}[{ ]`, 'm'));
    }
  }, 60_000);
}

function missing(file: string, traceId: string): readonly string[] {
  const edges = edgesOf(spansIn(file).filter((span) => span.traceId === traceId));
  return way.filter((edge) => !edges.has(edge));
}

async function register(world: World, traceparent: string): Promise<{ caseId: string; caseNumber: string }> {
  const form = {
    caseType: 'NOTE',
    category: 'WATER',
    language: 'ar',
    details: 'تسرب مياه',
    phone: inventedPhone('+96890'),
  };
  const answer = await fetch(`${world.endpoints.intakeUrl}/v1/MUS/reports`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID(), traceparent },
    body: JSON.stringify({ channel: 'WEB_PORTAL', form }),
    signal: AbortSignal.timeout(20_000),
  });
  const { reportId, caseNumber } = (await answer.json()) as { reportId: string; caseNumber: string };
  expect(answer.status).toBe(201);
  return { caseId: reportId, caseNumber };
}

describe('telemetry on the store feed', () => traceSuite([]));

describe('telemetry over Apache Kafka', () => {
  const why = whyNoKafka();
  if (why === undefined) traceSuite(['--kafka']);
  else it(`not run: ${why}`, () => console.warn(`telemetry over Kafka not run: ${why}`));
});
