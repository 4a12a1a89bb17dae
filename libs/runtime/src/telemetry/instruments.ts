import { type Attributes, type Counter, type Histogram, type Meter, metrics } from '@opentelemetry/api';
import { type EventStore } from '@balagh/event-store';
import { inTime } from '../in-time';
import { type HealthReport } from '../platform/platform';
import { instrumentationScope } from './spans';

/** Asked at each scrape and export; one that cannot tell is logged nowhere and simply missing from that scrape. */
export interface Gauge {
  /** Declared in infra/telemetry/schema.json. */
  readonly name: string;
  /** UCUM: `s`, `{case}`. */
  readonly unit: string;
  readonly description: string;
  read(): Promise<readonly { readonly value: number; readonly attributes?: Attributes }[]>;
}

/** Seconds; from a local append to an outage of hours. */
const durationBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3_600];

const meter = (): Meter => metrics.getMeter(instrumentationScope);
const made = new WeakMap<Meter, { histograms: Map<string, Histogram>; counters: Map<string, Counter> }>();

/**
 * Registers gauges with this process's telemetry; without telemetry it does nothing. One that takes longer than so many milliseconds is
 * missing from that scrape instead of holding up the others.
 */
export function observe(gauges: readonly Gauge[], withinMs = 2_000): void {
  for (const { name, unit, description, read } of gauges) {
    meter()
      .createObservableGauge(name, { unit, description })
      .addCallback(async (result) => {
        for (const { value, attributes } of await inTime(read(), withinMs)) result.observe(value, attributes);
      });
  }
}

/** Seconds of one HTTP request or gRPC call, by route template or method: never by address. */
export function recordRequest(
  kind: 'http' | 'rpc',
  seconds: number,
  attributes: Readonly<Record<string, string | number>>,
): void {
  const name = kind === 'http' ? 'http.server.request.duration' : 'rpc.server.duration';
  duration(name, 'Time to answer a request').record(seconds, attributes);
}

/** What became of a message to a person. */
export function recordMessage(outcome: string, tenant: string, channel: string): void {
  const description = 'Messages to people, by what became of them';
  counter('balagh.messages.settled', description).add(1, { tenant, channel, outcome });
}

export function recordHandled(
  consumer: string,
  topic: string,
  outcome: 'handled' | 'failed',
  seconds: number,
): void {
  counter('balagh.feed.messages', 'Messages given to a consumer, by outcome').add(1, {
    consumer,
    topic,
    outcome,
  });
  if (outcome === 'handled')
    duration('balagh.hop.duration', 'From an event’s recording until a consumer has handled it').record(
      seconds,
      {
        consumer,
        topic,
      },
    );
}

/** The same store; each append is timed. */
export function measureStore(store: EventStore): EventStore {
  return {
    append: async (stream, expected, events, options) => {
      const started = performance.now();
      let outcome = 'failed';
      try {
        const result = await store.append(stream, expected, events, options);
        outcome = result.replayed ? 'replayed' : 'appended';
        return result;
      } catch (error) {
        if (error instanceof Error && error.name === 'WrongExpectedRevision') outcome = 'raced';
        throw error;
      } finally {
        duration('balagh.append.duration', 'Time until the event store confirmed an append').record(
          (performance.now() - started) / 1_000,
          { category: stream.slice(0, Math.max(0, stream.indexOf('-'))), outcome },
        );
      }
    },
    readStream: (stream, options) => store.readStream(stream, options),
    readAll: (options) => store.readAll(options),
    subscribe: (options) => store.subscribe(options),
    close: () => store.close(),
  };
}

/** What readiness knows of every consumer. */
export function observeConsumers(consumers: () => Promise<HealthReport['consumers']>): void {
  const of = async (part: 'lag' | 'parked') =>
    Object.entries(await consumers()).flatMap(([consumer, { [part]: value }]) =>
      value === null ? [] : [{ value, attributes: { consumer } }],
    );
  observe([
    {
      name: 'balagh.feed.lag',
      unit: '{message}',
      description: 'Messages not yet handled',
      read: () => of('lag'),
    },
    {
      name: 'balagh.cases.parked',
      unit: '{case}',
      description: 'Cases a consumer gave up on until a person re-drives them',
      read: () => of('parked'),
    },
  ]);
}

function duration(name: string, description: string): Histogram {
  const { current, histograms } = instruments();
  const advice = { explicitBucketBoundaries: [...durationBuckets] };
  const histogram = histograms.get(name) ?? current.createHistogram(name, { unit: 's', description, advice });
  histograms.set(name, histogram);
  return histogram;
}

function counter(name: string, description: string): Counter {
  const { current, counters } = instruments();
  const known = counters.get(name) ?? current.createCounter(name, { description });
  counters.set(name, known);
  return known;
}

/** Each meter's own: a process that starts its telemetry anew gets new instruments. */
function instruments() {
  const current = meter();
  const known = made.get(current) ?? { histograms: new Map(), counters: new Map() };
  made.set(current, known);
  return { current, ...known };
}
