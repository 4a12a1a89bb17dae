import { type Metadata } from '@grpc/grpc-js';
import { Unauthenticated } from '../errors/errors';
import { type Principal } from './principal';

/** Set by the guard; the key is the call's own metadata or request object, so nothing can be forged by a payload. */
const principals = new WeakMap<object, Principal>();

export function attachPrincipal(call: object, principal: Principal): void {
  principals.set(call, principal);
}

/** Who makes this gRPC call: the second argument of every gRPC handler. @throws Unauthenticated on open methods */
export function principalOfCall(metadata: Metadata): Principal {
  return attached(metadata);
}

/** Who makes this HTTP request. @throws Unauthenticated on `@Public()` routes called without a token */
export function principalOfRequest(request: object): Principal {
  return attached(request);
}

/** Undefined for a caller without a verified token. */
export function principalIfKnown(call: unknown): Principal | undefined {
  return typeof call === 'object' && call !== null ? principals.get(call) : undefined;
}

function attached(call: object): Principal {
  const principal = principals.get(call);
  if (principal === undefined) throw new Unauthenticated();
  return principal;
}
