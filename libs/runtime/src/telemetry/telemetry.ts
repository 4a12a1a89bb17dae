import { context, metrics, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, type MetricReader, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  SimpleSpanProcessor,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type DestinationStream } from 'pino';
import { z } from 'zod';
import { readConfig } from '../config/config';
import { startLogExport } from './log-export.adapter';
import { SpanFile } from './span-file.adapter';

export const telemetryConfigSchema = z.object({
  /** OTLP over gRPC: traces, metrics and logs go there. Headers, certificates and time-outs by the other OTEL_EXPORTER_OTLP_… variables. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  /** Spans are appended to this file, one line of JSON each; for specifications and for looking closely. */
  BALAGH_TELEMETRY_FILE: z.string().optional(),
  /** Milliseconds between exports of metrics. */
  OTEL_METRIC_EXPORT_INTERVAL: z.coerce.number().int().min(1_000).max(600_000).default(30_000),
});
export type TelemetryConfig = Readonly<z.infer<typeof telemetryConfigSchema>>;

export interface Telemetry {
  /** Answers with all metrics as Prometheus text. */
  serveMetrics(request: IncomingMessage, response: ServerResponse): void;
  /** A copy of each log line goes here; absent when logs are not exported. */
  readonly logs: DestinationStream | undefined;
  /** Sends what is still held, within five seconds. Never throws. */
  stop(): Promise<void>;
}

const stopWithinMs = 5_000;

/**
 * Starts the process's telemetry, before anything that is observed. Metrics are always there to be scraped; traces and logs
 * cost something only when an exporter is configured. There is one per process.
 */
export async function startTelemetry(
  service: string,
  config: TelemetryConfig = readConfig(telemetryConfigSchema),
): Promise<Telemetry> {
  const resource = resourceFromAttributes({
    'service.name': `balagh-${service}`,
    'service.namespace': 'balagh',
    'service.instance.id': String(process.pid),
  });
  const processors = await spanProcessors(config);
  const closings: (() => Promise<void>)[] = [];
  if (processors.length > 0) {
    const provider = new BasicTracerProvider({ resource, spanProcessors: processors });
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    trace.setGlobalTracerProvider(provider);
    closings.push(() => provider.shutdown());
  }
  const scraped = new PrometheusExporter({ preventServerStart: true, withoutScopeInfo: true });
  const meters = new MeterProvider({ resource, readers: [scraped, ...(await metricReaders(config))] });
  metrics.setGlobalMeterProvider(meters);
  closings.push(() => meters.shutdown());
  const logs = await logExport(config, resource);
  if (logs !== undefined) closings.push(logs.close);
  return {
    serveMetrics: (request, response) => scraped.getMetricsRequestHandler(request, response),
    logs: logs?.stream,
    stop: () => stopAll(closings),
  };
}

async function spanProcessors(config: TelemetryConfig): Promise<SpanProcessor[]> {
  const processors: SpanProcessor[] = [];
  if (config.BALAGH_TELEMETRY_FILE !== undefined)
    processors.push(new SimpleSpanProcessor(new SpanFile(config.BALAGH_TELEMETRY_FILE)));
  const url = config.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (url !== undefined) {
    const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-grpc');
    processors.push(new BatchSpanProcessor(new OTLPTraceExporter({ url }), { maxQueueSize: 8_192 }));
  }
  return processors;
}

async function metricReaders(config: TelemetryConfig): Promise<MetricReader[]> {
  const url = config.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (url === undefined) return [];
  const { OTLPMetricExporter } = await import('@opentelemetry/exporter-metrics-otlp-grpc');
  const exportIntervalMillis = config.OTEL_METRIC_EXPORT_INTERVAL;
  const exportTimeoutMillis = Math.min(10_000, exportIntervalMillis);
  return [
    new PeriodicExportingMetricReader({
      exporter: new OTLPMetricExporter({ url }),
      exportIntervalMillis,
      exportTimeoutMillis,
    }),
  ];
}

async function logExport(config: TelemetryConfig, resource: Resource) {
  const url = config.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (url === undefined) return undefined;
  const { OTLPLogExporter } = await import('@opentelemetry/exporter-logs-otlp-grpc');
  return startLogExport(resource, new OTLPLogExporter({ url }));
}

async function stopAll(closings: readonly (() => Promise<void>)[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, stopWithinMs);
  });
  await Promise.race([Promise.allSettled(closings.map((close) => close())), late]);
  clearTimeout(timer);
  trace.disable();
  metrics.disable();
  context.disable();
}
