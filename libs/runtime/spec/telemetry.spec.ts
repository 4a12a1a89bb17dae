import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type IncomingMessage, type Server, createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Writable } from 'node:stream';
import { accept, reject } from '@balagh/decider';
import { type CommandContext, createMemoryEventStore, createStreams } from '@balagh/event-store';
import { type Telemetry, createLog, detached, inSpan, observe, startTelemetry } from '../src';
import { MetricsController } from '../src/telemetry/metrics.controller';
import { type SpanLine } from '../src/telemetry/span-file.adapter';
import { traceStreams } from '../src/telemetry/traced-streams';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const given = `00-${traceId}-b7ad6b7169203331-01`;
const caseId = 'b2c0f3a4-5d61-4f7e-8a9b-0c1d2e3f4a5b';
const context = (trace?: string): CommandContext => ({
  commandId: randomUUID(),
  tenant: 'MUS',
  actor: { kind: 'system', id: 'routing', organisation: 'MUS' },
  line: 'system',
  correlationId: caseId,
  causationId: caseId,
  ...(trace === undefined ? {} : { trace }),
});
const screened = () =>
  accept({
    type: 'JurisdictionAssessed',
    data: { result: 'IN', ruleId: 'DEFAULT', profileVersion: 1, inputs: {} },
  });
const streams = () =>
  traceStreams(
    createStreams(createMemoryEventStore(), { author: 'routing', now: () => '2026-01-04T06:00:00.000Z' }),
  );

describe('without an exporter', () => {
  it('a command keeps the trace it came with', async () => {
    const outcome = await streams().execute(`case-${caseId}`, context(given), screened);
    expect(outcome).toMatchObject({ kind: 'accepted', events: [{ metadata: { trace: given } }] });
  });

  it('nothing is written into a log line', () => {
    expect(logged()).not.toHaveProperty('trace_id');
  });
});

describe('with a span file', () => {
  let telemetry: Telemetry;
  let file: string;
  const spans = (): readonly SpanLine[] =>
    readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as SpanLine);
  const last = (): SpanLine | undefined => spans().at(-1);

  beforeEach(async () => {
    file = join(mkdtempSync(join(tmpdir(), 'balagh-telemetry-')), 'spans.jsonl');
    telemetry = await startTelemetry('tiny', {
      BALAGH_TELEMETRY_FILE: file,
      OTEL_METRIC_EXPORT_INTERVAL: 30_000,
    });
  });
  afterEach(async () => {
    await telemetry.stop();
    rmSync(dirname(file), { recursive: true });
  });

  it('commands of other stories keep their traces when they travel together', async () => {
    const other = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`;
    const outcomes = await streams().executeAll(
      `case-${caseId}`,
      [given, other, undefined].map((trace) => ({ context: context(trace), decide: screened })),
    );
    const span = `00-${traceId}-${last()?.spanId ?? ''}-01`;
    expect(
      outcomes.flatMap((outcome) =>
        outcome.kind === 'accepted' ? outcome.events.map(({ metadata }) => metadata.trace) : [],
      ),
    ).toEqual([span, other, span]);
  });

  it('an event carries the span of the decision that wrote it, under the trace of the command', async () => {
    const outcome = await streams().execute(`case-${caseId}`, context(given), screened);
    const written = outcome.kind === 'accepted' ? outcome.events[0]?.metadata.trace : undefined;
    expect(last()).toMatchObject({
      traceId,
      parentSpanId: 'b7ad6b7169203331',
      name: 'stream.execute',
      attributes: {
        'balagh.stream': `case-${caseId}`,
        'balagh.outcome': 'accepted',
        'balagh.event.types': ['JurisdictionAssessed'],
      },
    });
    expect(written).toBe(`00-${traceId}-${last()?.spanId}-01`);
  });

  it('a decision is the child of the span at work, if that belongs to the same story', async () => {
    await inSpan('feed.handle', { parent: given }, () =>
      streams().execute(`case-${caseId}`, context(given), screened),
    );
    const [execute, handle] = spans();
    expect([execute?.parentSpanId, handle?.parentSpanId]).toEqual([handle?.spanId, 'b7ad6b7169203331']);
  });

  it('a decision for another story goes to that one, whatever span is at work', async () => {
    const other = given.replace(traceId, 'ffffffffffffffffffffffffffffffff');
    await inSpan('feed.handle', { parent: other }, () =>
      streams().execute(`case-${caseId}`, context(given), screened),
    );
    expect(spans()[0]).toMatchObject({ traceId, parentSpanId: 'b7ad6b7169203331' });
  });

  it('a refusal is noted by its code and is no fault', async () => {
    await streams().execute(`case-${caseId}`, context(given), () => reject('CASE_CLOSED'));
    expect(last()).toMatchObject({
      status: 'UNSET',
      attributes: { 'balagh.outcome': 'rejected', 'balagh.rejection': 'CASE_CLOSED' },
    });
  });

  it('a fault is noted by its code or class, never by its message', async () => {
    const fault = Object.assign(new Error('value +96890000001 is too long'), { code: '22001' });
    await expect(inSpan('message.submit', {}, () => Promise.reject(fault))).rejects.toBe(fault);
    const odd = Object.assign(new TypeError('+96890000001'), { code: 'phone +96890000001' });
    await expect(inSpan('message.submit', {}, () => Promise.reject(odd))).rejects.toBe(odd);
    expect(spans().map(({ status, attributes }) => [status, attributes])).toEqual([
      ['ERROR', { 'error.type': '22001' }],
      ['ERROR', { 'error.type': 'TypeError' }],
    ]);
  });

  it('a log line names the trace and span it was written in; detached work has none', async () => {
    let inside: Record<string, unknown> = {};
    let outside: Record<string, unknown> = {};
    await inSpan('feed.handle', { parent: given }, () => {
      inside = logged();
      outside = detached(() => logged());
      return Promise.resolve();
    });
    expect(inside).toMatchObject({ trace_id: traceId, span_id: last()?.spanId });
    expect(outside).not.toHaveProperty('trace_id');
  });

  describe('/metrics', () => {
    let server: Server;
    let answering: (request: IncomingMessage) => IncomingMessage = (request) => request;
    const ask = (headers: Record<string, string> = {}): Promise<Response> =>
      fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`, { headers });

    beforeEach(async () => {
      answering = (request) => request;
      server = createServer((request, response) =>
        new MetricsController(telemetry).metrics(answering(request), response),
      );
      await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    });
    afterEach(() => new Promise((closed) => server.close(closed)));

    it('shows gauges as they stand; one that cannot be read is missing and hides no other', async () => {
      let depth = 3;
      const gauge = { unit: '{case}', description: 'd' };
      observe([
        {
          ...gauge,
          name: 'balagh.queue.depth',
          read: () => Promise.resolve([{ value: depth, attributes: { tenant: 'MUS' } }]),
        },
        { ...gauge, name: 'balagh.cases.parked', read: () => Promise.reject(new Error('away')) },
      ]);
      expect(await (await ask()).text()).toContain('balagh_queue_depth{tenant="MUS"} 3');
      depth = 4;
      const text = await (await ask()).text();
      expect(text).toContain('balagh_queue_depth{tenant="MUS"} 4');
      expect(text).not.toContain('balagh_cases_parked');
    });

    it('does not wait for a gauge that does not answer', async () => {
      const gauge = { unit: '{case}', description: 'd' };
      const hangs = {
        ...gauge,
        name: 'balagh.cases.parked',
        read: () => new Promise<never>(() => undefined),
      };
      const answers = { ...gauge, name: 'balagh.queue.depth', read: () => Promise.resolve([{ value: 3 }]) };
      observe([hangs, answers], 20);
      const text = await (await ask()).text();
      expect(text).toContain('balagh_queue_depth 3');
      expect(text).not.toContain('balagh_cases_parked');
    });

    it('is not there for whoever came through a proxy', async () => {
      expect((await ask({ 'x-forwarded-for': '10.0.0.7' })).status).toBe(404);
      expect((await ask({ forwarded: 'for=10.0.0.7' })).status).toBe(404);
    });

    it.each([
      ['127.0.0.1', 200],
      ['::1', 200],
      ['::ffff:10.1.2.3', 200],
      ['192.168.7.7', 200],
      ['172.31.0.1', 200],
      ['fd00::7', 200],
      ['172.32.0.1', 404],
      ['203.0.113.9', 404],
      ['2001:db8::1', 404],
      ['', 404],
    ])('answers a caller from %s with %i', async (remoteAddress, status) => {
      answering = ({ headers }) => ({ headers, socket: { remoteAddress } }) as unknown as IncomingMessage;
      expect((await ask()).status).toBe(status);
    });
  });
});

function logged(): Record<string, unknown> {
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  createLog({ service: 'tiny', destination }).info({ event: 'tiny.done' });
  return JSON.parse(lines[0] ?? '{}') as Record<string, unknown>;
}
