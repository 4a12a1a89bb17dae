import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Metadata } from '@grpc/grpc-js';
import { Unauthenticated } from '../errors/errors';
import { attachPrincipal } from './call-principal';
import { routeAccess } from './route-access';
import { TOKEN_VERIFIER, type TokenVerifier } from './token-verifier';

/**
 * Every HTTP route and gRPC method needs a bearer token unless it is `@Public()`. gRPC health and reflection do not pass
 * through Nest and stay open.
 */
@Injectable()
export class BearerGuard implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(TOKEN_VERIFIER) private readonly verifier: TokenVerifier,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { call, authorization } = credentialOf(context);
    const open = this.reflector.getAllAndOverride<boolean | undefined>(routeAccess.publicKey, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (open === true && authorization === undefined) return true;
    const token = /^Bearer +([\w~+/.=-]{1,8000})$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) throw new Unauthenticated();
    attachPrincipal(call, await this.verifier.verify(token));
    return true;
  }
}

interface Credential {
  /** The object that the principal is attached to. */
  readonly call: object;
  readonly authorization: string | undefined;
}

function credentialOf(context: ExecutionContext): Credential {
  if (context.getType() === 'http') {
    const request = context.switchToHttp().getRequest<{ headers: { authorization?: string } }>();
    return { call: request, authorization: request.headers.authorization };
  }
  const metadata = metadataOf(context.getArgs());
  const value = metadata.get('authorization')[0];
  return { call: metadata, authorization: typeof value === 'string' ? value : undefined };
}

/** Unary and server streams pass (request, metadata, call); pass-through streams pass the call itself. */
export function metadataOf(args: readonly unknown[]): Metadata {
  const direct = args.find((arg) => arg instanceof Metadata);
  if (direct !== undefined) return direct;
  const ofCall = (args[0] as { metadata?: unknown } | undefined)?.metadata;
  if (ofCall instanceof Metadata) return ofCall;
  throw new Unauthenticated();
}
