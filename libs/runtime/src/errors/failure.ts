import { AccessDenied, InvalidMessage, RateExceeded, Rejected, Unauthenticated } from './errors';

export type FailureKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'missing'
  | 'conflict'
  | 'stale'
  | 'limited'
  | 'unavailable'
  | 'internal';

export type FailureDetails = Readonly<Record<string, unknown>>;

/** What a transport tells the caller about a failed call: never a stack, a message or a value. */
export interface Failure {
  readonly kind: FailureKind;
  /** Stable, `NOUN_CONDITION`; clients branch on it. */
  readonly code: string;
  readonly details: FailureDetails;
  /** HTTP status when the web framework itself refused (404 of a route, 413 of a body …). */
  readonly httpStatus?: number;
}

/** The one table (design §3.15): failure kind → HTTP status and gRPC status code. */
export const failureTable: Readonly<
  Record<FailureKind, { readonly http: number; readonly grpc: number; readonly title: string }>
> = {
  invalid: { http: 422, grpc: 3, title: 'The request is not valid' },
  unauthenticated: { http: 401, grpc: 16, title: 'A valid token is needed' },
  forbidden: { http: 403, grpc: 7, title: 'Not permitted' },
  missing: { http: 404, grpc: 5, title: 'Not found' },
  conflict: { http: 409, grpc: 9, title: 'Not possible in the present state' },
  stale: { http: 409, grpc: 10, title: 'The case has moved on' },
  limited: { http: 429, grpc: 8, title: 'Too many requests' },
  unavailable: { http: 503, grpc: 14, title: 'Try again later' },
  internal: { http: 500, grpc: 13, title: 'Internal fault' },
};

const codePattern = /^[A-Z][A-Z0-9_]{2,63}$/;
const problemsShown = 30;

/** Sorts anything thrown into its kind. What is not known becomes `INTERNAL_FAULT`. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Rejected) {
    const { code, reason, details = {} } = error.rejection;
    return { kind: code === 'VERSION_STALE' ? 'stale' : reason, code, details };
  }
  if (error instanceof InvalidMessage) {
    const problems = error.problems.slice(0, problemsShown);
    return { kind: 'invalid', code: error.code, details: problems.length === 0 ? {} : { problems } };
  }
  if (error instanceof AccessDenied) return { kind: 'forbidden', code: error.code, details: {} };
  if (error instanceof Unauthenticated) return { kind: 'unauthenticated', code: error.code, details: {} };
  if (error instanceof RateExceeded) {
    return { kind: 'limited', code: error.code, details: { retryAfterSeconds: error.retryAfterSeconds } };
  }
  return faultOf(error);
}

function faultOf(error: unknown): Failure {
  const { code, retriable, severity } = (typeof error === 'object' && error !== null ? error : {}) as {
    code?: unknown;
    retriable?: unknown;
    severity?: unknown;
  };
  const stable = typeof code === 'string' && codePattern.test(code) ? code : undefined;
  if (retriable === true) return { kind: 'unavailable', code: stable ?? 'SERVICE_UNAVAILABLE', details: {} };
  if (stable === 'EVENT_INVALID') return { kind: 'invalid', code: stable, details: {} };
  // A server that panics ends every connection, whatever the code says: a full disk may come as an internal error.
  if (databaseIsAway(code) || severity === 'PANIC' || isDriverSilence(error))
    return { kind: 'unavailable', code: 'DATABASE_UNAVAILABLE', details: {} };
  return frameworkRefusal(error) ?? { kind: 'internal', code: 'INTERNAL_FAULT', details: {} };
}

/** Connection faults of the driver: system errors and PostgreSQL classes 08, 53, 58, 57P, 55P03, 40001, 40P01. */
function databaseIsAway(code: unknown): boolean {
  if (typeof code !== 'string') return false;
  return (
    /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT)$/.test(code) ||
    /^(08|53|58)...$|^57P0[1-5]$|^57014$|^55P03$|^40001$|^40P01$/.test(code)
  );
}

const silences = [
  'Query read timeout',
  'Connection terminated',
  'timeout expired',
  'timeout exceeded when trying to connect',
  'Client has encountered a connection error and is not queryable',
];

/** The driver's faults without a code: a database that hangs or went away in the middle. */
function isDriverSilence(error: unknown): boolean {
  return error instanceof Error && silences.some((silence) => error.message.startsWith(silence));
}

const refusals: Readonly<Record<number, readonly [FailureKind, string]>> = {
  400: ['invalid', 'REQUEST_MALFORMED'],
  401: ['unauthenticated', 'TOKEN_INVALID'],
  403: ['forbidden', 'ACTION_NOT_PERMITTED'],
  404: ['missing', 'ROUTE_UNKNOWN'],
  405: ['invalid', 'METHOD_NOT_ALLOWED'],
  406: ['invalid', 'MEDIA_TYPE_NOT_ACCEPTABLE'],
  408: ['invalid', 'REQUEST_TIMED_OUT'],
  409: ['conflict', 'STATE_CONFLICT'],
  413: ['invalid', 'BODY_TOO_LARGE'],
  415: ['invalid', 'MEDIA_TYPE_UNSUPPORTED'],
  422: ['invalid', 'REQUEST_INVALID'],
  429: ['limited', 'RATE_EXCEEDED'],
  503: ['unavailable', 'SERVICE_UNAVAILABLE'],
};

/** Refusals of Nest, Express and its body parsers: they carry an HTTP status as `status`, `statusCode` or `getStatus()`. */
function frameworkRefusal(error: unknown): Failure | undefined {
  if (!(error instanceof Error)) return undefined;
  const { status, statusCode, getStatus } = error as {
    status?: unknown;
    statusCode?: unknown;
    getStatus?: unknown;
  };
  const asked =
    typeof getStatus === 'function' ? (getStatus as () => unknown).call(error) : (status ?? statusCode);
  const entry = typeof asked === 'number' ? refusals[asked] : undefined;
  return entry === undefined
    ? undefined
    : { kind: entry[0], code: entry[1], details: {}, httpStatus: asked as number };
}
