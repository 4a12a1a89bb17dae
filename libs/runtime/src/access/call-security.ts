import { type PeerCertificate } from 'node:tls';

/** What the handshake of a gRPC call's connection has proved. */
export interface CallSecurity {
  /** Absent: the connection is not TLS with a client certificate that the authority signed. */
  readonly transportSecurityType?: string;
  readonly sslPeerCertificate?: PeerCertificate | undefined;
}

/** A call as Nest passes it on: grpc-js wraps the stream of its connection in one or more of these. */
interface Wrapped {
  readonly call?: Wrapped;
  readonly nextCall?: Wrapped;
  readonly stream?: { readonly session?: object };
}

interface GrpcCall extends Wrapped {
  getAuthContext(): CallSecurity;
}

/** By the connection's HTTP/2 session, which ends with it; HTTP/2 forbids another handshake on the same one (RFC 9113 §9.2.1). */
const known = new WeakMap<object, CallSecurity>();

/**
 * Of the call among a handler's arguments; undefined where there is none, as in HTTP. To take a certificate apart costs more than all else that is
 * asked of a call before its handler, and a connection carries thousands: it is done once for each.
 */
export function callSecurityOf(args: readonly unknown[]): CallSecurity | undefined {
  const call = args.find(isGrpcCall);
  if (call === undefined) return undefined;
  const session = sessionOf(call);
  if (session === undefined) return call.getAuthContext();
  const before = known.get(session);
  if (before !== undefined) return before;
  const security = call.getAuthContext();
  if (security.transportSecurityType !== undefined) known.set(session, security);
  return security;
}

function isGrpcCall(arg: unknown): arg is GrpcCall {
  return typeof (arg as Partial<GrpcCall> | null | undefined)?.getAuthContext === 'function';
}

/** Not among what grpc-js declares: where it keeps it elsewhere one day, each call is asked again. */
function sessionOf(call: Wrapped): object | undefined {
  let at: Wrapped | undefined = call;
  while (at !== undefined && at.stream === undefined) at = at.call ?? at.nextCall;
  return at?.stream?.session;
}
