import { type Span } from '@opentelemetry/api';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { callContext, runInCall } from '../calls/call-context';
import { recordRequest } from '../telemetry/instruments';
import { runInSpan, startSpan, traceparentOf } from '../telemetry/spans';

/** Asked every few seconds by machines: traces of them would bury the others. */
const unobserved = ['/healthz', '/readyz', '/metrics'];

/** First in the chain: request id and trace for everything after it, and headers that no answer should lack. */
export function requestMiddleware(
  request: IncomingMessage,
  response: ServerResponse,
  next: () => void,
): void {
  const traceparent = single(request.headers['traceparent']);
  const span = unobserved.includes(request.url ?? '')
    ? undefined
    : serverSpan(request, response, traceparent);
  const call = callContext({
    traceparent,
    requestId: single(request.headers['x-request-id']),
    own: traceparentOf(span),
    said: () => saidIn(request),
  });
  response.setHeader('x-request-id', call.requestId);
  response.setHeader('x-content-type-options', 'nosniff');
  runInCall(call, span === undefined ? next : () => runInSpan(span, next));
}

interface Parsed {
  readonly body?: unknown;
  /** Of a multipart request: by part, in the order they came. */
  readonly files?: unknown;
  readonly file?: unknown;
}

/** Body and uploaded bytes as the parsers left them; what a client calls its files is no content. */
function saidIn({ body, files, file }: IncomingMessage & Parsed): unknown {
  const bytes = (part: unknown): unknown => (part as { buffer?: unknown }).buffer;
  const uploads = Object.entries((files ?? {}) as Readonly<Record<string, readonly unknown[]>>);
  return {
    body,
    files: uploads.map(([name, parts]) => [name, parts.map(bytes)]),
    file: file === undefined ? undefined : bytes(file),
  };
}

/** The address itself is never noted: it may hold what a person typed. */
function serverSpan(
  request: IncomingMessage,
  response: ServerResponse,
  traceparent: string | undefined,
): Span {
  const method = request.method ?? '';
  const started = performance.now();
  const span = startSpan('http.server', {
    kind: 'server',
    parent: traceparent ?? '',
    attributes: { 'http.request.method': method },
  });
  response.once('close', () => {
    const noted = {
      'http.route': routeOf(request),
      'http.response.status_code': response.statusCode,
    };
    span.setAttributes(noted).end();
    recordRequest('http', (performance.now() - started) / 1_000, { 'http.request.method': method, ...noted });
  });
  return span;
}

/** The route's template, once the framework has found it. */
function routeOf(request: IncomingMessage & { readonly route?: { readonly path?: unknown } }): string {
  const path = request.route?.path;
  return typeof path === 'string' ? path : '(none)';
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
