import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { canonicalContent } from './canonical-content';

/** What ties together everything done for one incoming call. */
export interface CallContext {
  /** W3C traceparent: the caller's trace with a span of our own, or a new trace. */
  readonly traceparent: string;
  readonly requestId: string;
  /** What the caller said, in one spelling; computed when it is asked for. */
  readonly content?: () => string;
}

const storage = new AsyncLocalStorage<CallContext>();

/** The call being answered, if any; feed consumers have none. */
export function currentCall(): CallContext | undefined {
  return storage.getStore();
}

export function runInCall<T>(context: CallContext, work: () => T): T {
  return storage.run(context, work);
}

/** Malformed or missing headers are replaced, never refused. */
export function callContext(headers: {
  readonly traceparent?: string | undefined;
  readonly requestId?: string | undefined;
  /** Of the span that answers this call, when it is recorded. */
  readonly own?: string | undefined;
  /** Message or request; read when its content is asked for. */
  readonly said?: () => unknown;
}): CallContext {
  const requestId = /^[A-Za-z0-9-]{8,64}$/.test(headers.requestId ?? '') ? headers.requestId : undefined;
  return {
    traceparent: headers.own ?? childTraceparent(headers.traceparent),
    requestId: requestId ?? randomUUID(),
    ...(headers.said === undefined ? {} : { content: once(headers.said) }),
  };
}

function once(said: () => unknown): () => string {
  let content: string | undefined;
  return () => (content ??= canonicalContent(said()));
}

const traceparentPattern = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** A traceparent for work that continues `parent`; a new sampled trace when there is none. */
export function childTraceparent(parent?: string): string {
  const [, traceId, parentId, flags] = traceparentPattern.exec(parent ?? '') ?? [];
  const valid =
    traceId !== undefined &&
    !/^0+$/.test(traceId) &&
    !/^0+$/.test(parentId ?? '') &&
    !parent?.startsWith('ff');
  const span = random64();
  return valid ? `00-${traceId}-${span}-${flags ?? '01'}` : `00-${random64()}${random64()}-${span}-01`;
}

/** 64 bits in hexadecimal, of a UUID's random ones: Node keeps a store of those, which `randomBytes` has not. */
function random64(): string {
  const uuid = randomUUID();
  return uuid.slice(0, 8) + uuid.slice(-8);
}
