import { migrateEventStore } from '@balagh/event-store';
import { type TestDatabase, eventually, testDatabase } from '@balagh/testing';
import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { type ReadyMessage } from '../src';
import { OtlpReceiver } from './fixtures/otlp-receiver';

const root = resolve(__dirname, '../../..');
const traceId = '0af7651916cd43dd8448eb211c80319c';
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;

describe('a service that exports to a collector', () => {
  let db: TestDatabase;
  let receiver: OtlpReceiver;
  let endpoint: string;
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    db = await testDatabase();
    await migrateEventStore(db.pool);
    execFileSync(process.execPath, [join(root, 'infra/build/build.mjs')], { stdio: 'ignore' });
  }, 60_000);
  beforeEach(async () => {
    receiver = new OtlpReceiver();
    endpoint = await receiver.start();
  });
  afterEach(() => {
    receiver.stop();
    for (const child of children.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
  });
  afterAll(() => db.close());

  const begin = async (to: string): Promise<{ child: ChildProcess; url: string }> => {
    const child = fork(join(__dirname, 'fixtures/tiny-process.cjs'), {
      env: {
        PATH: process.env['PATH'],
        DATABASE_URL: db.url,
        ISSUER_URL: 'http://127.0.0.1:9',
        OTEL_EXPORTER_OTLP_ENDPOINT: to,
        OTEL_METRIC_EXPORT_INTERVAL: '1000',
        OTEL_BSP_SCHEDULE_DELAY: '200',
        OTEL_BLRP_SCHEDULE_DELAY: '200',
      },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    children.push(child);
    const [ready] = (await once(child, 'message')) as [ReadyMessage];
    return { child, url: `http://127.0.0.1:${ready.httpPort}` };
  };
  const ask = (url: string): Promise<Response> =>
    fetch(`${url}/internal/parked`, { headers: { traceparent }, signal: AbortSignal.timeout(5_000) });
  const ended = async (child: ChildProcess): Promise<number | null> => {
    const exit = once(child, 'exit') as Promise<[number | null]>;
    child.kill('SIGTERM');
    return (await exit)[0];
  };

  it('sends traces, metrics and logs, each under its own name, and the last of them when it ends', async () => {
    const { child, url } = await begin(endpoint);
    expect((await ask(url)).status).toBe(401);
    await eventually(
      () =>
        receiver.spans.some(({ name }) => name === 'http.server') &&
        receiver.metrics.some(({ name }) => name === 'http.server.request.duration') &&
        receiver.logs.some(({ eventName }) => eventName === 'call.refused'),
      { deadlineMs: 20_000, what: 'all three signals' },
    );
    const span = receiver.spans.find(({ name }) => name === 'http.server');
    expect(span?.traceId.toString('hex')).toBe(traceId);
    const line = receiver.logs.find(({ eventName }) => eventName === 'call.refused');
    expect(JSON.parse(line?.body.stringValue ?? '{}')).toMatchObject({
      event: 'call.refused',
      code: 'TOKEN_INVALID',
      trace_id: traceId,
    });
    expect([line?.traceId.toString('hex'), line?.spanId.toString('hex')]).toEqual([
      traceId,
      span?.spanId.toString('hex'),
    ]);
    expect(receiver.metrics).toContainEqual(
      expect.objectContaining({ name: 'http.server.request.duration', unit: 's' }),
    );
    const senders = [...receiver.spans, ...receiver.metrics, ...receiver.logs].map(({ from }) => from);
    expect(new Set(senders.map((from) => JSON.stringify(from))).size).toBe(1);
    expect(senders[0]).toEqual({
      'service.name': 'balagh-tiny',
      'service.namespace': 'balagh',
      'service.instance.id': String(child.pid),
    });
    expect(await ended(child)).toBe(0);
    expect(receiver.logs.map(({ eventName }) => eventName)).toContain('service.stopped');
  }, 60_000);

  it.each([
    ['is not there', () => 'http://127.0.0.1:1'],
    [
      'takes everything and answers nothing',
      () => {
        receiver.hangs = true;
        return endpoint;
      },
    ],
  ])(
    'goes on answering at once when the collector %s, and ends in time',
    async (_what, to) => {
      const { child, url } = await begin(to());
      const slowest = { ms: 0 };
      for (let n = 0; n < 300; n += 1) {
        const from = performance.now();
        expect((await ask(url)).status).toBe(401);
        slowest.ms = Math.max(slowest.ms, performance.now() - from);
      }
      expect(slowest.ms).toBeLessThan(2_000);
      if (receiver.hangs)
        await eventually(() => receiver.held > 0, { deadlineMs: 10_000, what: 'an export that hangs' });
      expect((await fetch(`${url}/metrics`)).status).toBe(200);
      const from = performance.now();
      expect(await ended(child)).toBe(0);
      expect(performance.now() - from).toBeLessThan(10_000);
    },
    60_000,
  );

  it('holds a bounded number of spans and lines while the collector hangs, and sends them when it answers', async () => {
    receiver.hangs = true;
    const child = fork(join(__dirname, 'fixtures/tiny-flood.cjs'), {
      env: {
        PATH: process.env['PATH'],
        TINY_FLOOD: '40000',
        OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
        OTEL_EXPORTER_OTLP_TIMEOUT: '2000',
      },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    children.push(child);
    expect(await once(child, 'message')).toEqual(['flooded', undefined]);
    receiver.hangs = false;
    await eventually(() => receiver.spans.length >= 5_000 && receiver.logs.length >= 1_000, {
      deadlineMs: 60_000,
      what: 'what was held',
    });
    child.send('end');
    await once(child, 'exit');
    // The queues (8,192 spans, 2,048 lines), and the batches of 512 that were under way when they filled up.
    expect(receiver.spans.length).toBeLessThanOrEqual(8_192 + 2 * 512);
    expect(receiver.logs.length).toBeLessThanOrEqual(2_048 + 2 * 512);
  }, 120_000);
});
