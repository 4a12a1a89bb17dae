import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  context,
  isSpanContextValid,
  trace,
} from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';

/** Every span this product makes; infra/telemetry/schema.json says what each means and which attributes it may carry. */
export type SpanName =
  'http.server' | 'grpc.server' | 'grpc.client' | 'stream.execute' | 'feed.handle' | 'message.submit';

const kinds = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  consumer: SpanKind.CONSUMER,
} as const;

export interface SpanOptions {
  /** Default: internal. */
  readonly kind?: keyof typeof kinds;
  /** W3C traceparent to continue; default: the span that is active. Malformed ones start a new trace. */
  readonly parent?: string | undefined;
  /** Ids and codes only; never personal data (design §3.11). Undefined values are left out. */
  readonly attributes?: Attributes;
}

export const instrumentationScope = 'balagh';

/** Starts a span that the caller ends. Without a configured exporter it records nothing and costs next to nothing. */
export function startSpan(name: SpanName, options: SpanOptions = {}): Span {
  const { kind = 'internal', attributes = {}, parent } = options;
  const within = parent === undefined ? context.active() : contextOf(parent);
  return trace.getTracer(instrumentationScope).startSpan(name, { kind: kinds[kind], attributes }, within);
}

/**
 * Runs work inside a span and ends it with the work. A failure is noted by its code or type: messages of drivers and parsers
 * quote values, and values may be personal.
 */
export async function inSpan<T>(
  name: SpanName,
  options: SpanOptions,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const span = startSpan(name, options);
  try {
    return await context.with(trace.setSpan(context.active(), span), () => work(span));
  } catch (error) {
    failSpan(span, error);
    throw error;
  } finally {
    span.end();
  }
}

export function failSpan(span: Span, error: unknown): void {
  span.setAttribute('error.type', errorType(error));
  span.setStatus({ code: SpanStatusCode.ERROR });
}

function errorType(error: unknown): string {
  const { code, name } = (error ?? {}) as { readonly code?: unknown; readonly name?: unknown };
  if (typeof code === 'number' || (typeof code === 'string' && /^[A-Za-z0-9_]{1,64}$/.test(code)))
    return String(code);
  return typeof name === 'string' ? name : typeof error;
}

/** Work that goes on after what woke it: it belongs to no span. */
export function detached<T>(work: () => T): T {
  return context.with(ROOT_CONTEXT, work);
}

export function runInSpan<T>(span: Span, work: () => T): T {
  return context.with(trace.setSpan(context.active(), span), work);
}

/** Undefined for a span that records nothing. */
export function traceparentOf(span: Span | undefined): string | undefined {
  if (span === undefined || !span.isRecording()) return undefined;
  const { traceId, spanId, traceFlags } = span.spanContext();
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

export function activeSpanContext(): SpanContext | undefined {
  const active = trace.getActiveSpan()?.spanContext();
  return active !== undefined && isSpanContextValid(active) ? active : undefined;
}

function contextOf(traceparent: string): Context {
  const remote = parseTraceParent(traceparent);
  return remote === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, { ...remote, isRemote: true });
}
