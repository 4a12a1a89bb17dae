import { type IncomingMessage, type ServerResponse } from 'node:http';
import { callContext, runInCall } from '../calls/call-context';

/** First in the chain: request id and trace for everything after it, and headers that no answer should lack. */
export function requestMiddleware(
  request: IncomingMessage,
  response: ServerResponse,
  next: () => void,
): void {
  const call = callContext({
    traceparent: single(request.headers['traceparent']),
    requestId: single(request.headers['x-request-id']),
  });
  response.setHeader('x-request-id', call.requestId);
  response.setHeader('x-content-type-options', 'nosniff');
  runInCall(call, next);
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
