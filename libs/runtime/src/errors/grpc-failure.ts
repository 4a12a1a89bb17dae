import { Metadata, status as Status } from '@grpc/grpc-js';
import { type ErrorInfo, decodeErrorInfo, encodeStatus } from './error-info';
import { type Failure, type FailureDetails, failureTable } from './failure';

/** `domain` of every ErrorInfo of ours. */
export const errorDomain = 'balagh';
const reasonKey = 'error-reason';
const detailsKey = 'error-details';
const statusKey = 'grpc-status-details-bin';
/** Some clients refuse more than 8 KiB of headers in all. */
const maxDetailsBytes = 3_000;

/** What grpc-js sends: code, message (the stable code) and trailers. */
export interface GrpcFailure {
  readonly code: number;
  readonly details: string;
  readonly metadata: Metadata;
}

export function grpcFailure(failure: Failure): GrpcFailure {
  const { grpc } = failureTable[failure.kind];
  const metadata = new Metadata();
  metadata.set(reasonKey, failure.code);
  const json = asciiJson(failure.details);
  if (json.length <= maxDetailsBytes) metadata.set(detailsKey, json);
  const info: ErrorInfo = {
    reason: failure.code,
    domain: errorDomain,
    metadata: flatDetails(failure.details),
  };
  metadata.set(statusKey, encodeStatus(grpc, failure.code, info));
  return { code: grpc, details: failure.code, metadata };
}

/** ErrorInfo carries strings only: lists become comma-separated, `problems` become path → problem. */
function flatDetails(details: FailureDetails): Record<string, string> {
  const flat: Record<string, string> = {};
  let room = maxDetailsBytes;
  const put = (key: string, value: string): void => {
    room -= Buffer.byteLength(key) + Buffer.byteLength(value);
    if (room >= 0) flat[key] = value;
  };
  for (const [key, value] of Object.entries(details)) {
    if (key === 'problems' && Array.isArray(value)) {
      for (const { path, problem } of value as { path: string; problem: string }[]) put(path, problem);
    } else if (Array.isArray(value)) put(key, value.map(String).join(','));
    else if (typeof value === 'object' && value !== null) put(key, JSON.stringify(value));
    else put(key, String(value));
  }
  return flat;
}

/** Metadata values are ASCII: everything else as \u escapes. */
function asciiJson(details: FailureDetails): string {
  return JSON.stringify(details).replace(
    /[^\x20-\x7e]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A failed call as the caller sees it. */
export interface GrpcError {
  /** gRPC status code. */
  readonly code: number;
  /** Stable reason; `TRANSPORT_<STATUS>` when the failure did not come from a service of ours. */
  readonly reason: string;
  readonly details: FailureDetails;
}

/** Reads the reason and details of a failed call; works on what `createGrpcClient` throws and on raw grpc-js errors. */
export function grpcError(error: unknown): GrpcError {
  const { code, metadata } = (typeof error === 'object' && error !== null ? error : {}) as {
    code?: unknown;
    metadata?: unknown;
  };
  const number = typeof code === 'number' ? code : Status.UNKNOWN;
  const transport = `TRANSPORT_${Status[number] ?? 'UNKNOWN'}`;
  if (!(metadata instanceof Metadata)) return { code: number, reason: transport, details: {} };
  const binary = metadata.get(statusKey)[0];
  const info = Buffer.isBuffer(binary) ? decodeErrorInfo(binary) : undefined;
  const plain = metadata.get(reasonKey)[0];
  const reason = typeof plain === 'string' ? plain : info?.reason;
  return {
    code: number,
    reason: reason ?? transport,
    details: plainDetails(metadata) ?? info?.metadata ?? {},
  };
}

function plainDetails(metadata: Metadata): FailureDetails | undefined {
  const json = metadata.get(detailsKey)[0];
  if (typeof json !== 'string') return undefined;
  try {
    const parsed: unknown = JSON.parse(json);
    return typeof parsed === 'object' && parsed !== null ? (parsed as FailureDetails) : undefined;
  } catch {
    return undefined;
  }
}
