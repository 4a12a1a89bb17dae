import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Metadata } from '@grpc/grpc-js';
import { type PeerCertificate } from 'node:tls';
import { Unauthenticated } from '../errors/errors';
import { PLATFORM, type Platform } from '../platform/platform';
import { attachPrincipal } from './call-principal';
import { callSecurityOf } from './call-security';
import { PARTNER_IDENTITIES, type PartnerIdentities } from './partner-identities';
import { type Principal } from './principal';
import { routeAccess } from './route-access';
import { TOKEN_VERIFIER, type TokenVerifier } from './token-verifier';

/**
 * Every HTTP route and gRPC method needs a bearer token unless it is `@Public()`; calls over mutual TLS are known by their
 * certificate alone. gRPC health and reflection do not pass through Nest and stay open.
 */
@Injectable()
export class BearerGuard implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(TOKEN_VERIFIER) private readonly verifier: TokenVerifier,
    @Inject(PARTNER_IDENTITIES) private readonly partners: PartnerIdentities | null,
    @Inject(PLATFORM) private readonly platform: Pick<Platform, 'config'>,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { call, authorization, tls } = credentialOf(context);
    if (tls !== undefined) {
      if (this.partners === null) throw new Unauthenticated();
      attachPrincipal(call, this.partners.principalOf(tls.certificate));
      return true;
    }
    const open = this.reflector.getAllAndOverride<boolean | undefined>(routeAccess.publicKey, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (open === true && authorization === undefined) return true;
    const token = /^Bearer +([\w~+/.=-]{1,8000})$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) throw new Unauthenticated();
    attachPrincipal(call, this.admitted(await this.verifier.verify(token)));
    return true;
  }

  /** Outside demo mode an agency is known by its certificate; a token of one opens nothing. */
  private admitted(principal: Principal): Principal {
    if (principal.kind === 'partner' && this.platform.config?.BALAGH_MODE === 'production')
      throw new Unauthenticated();
    return principal;
  }
}

interface Credential {
  /** The object that the principal is attached to. */
  readonly call: object;
  readonly authorization: string | undefined;
  /** Present: the call came over TLS; the handshake has verified the certificate. */
  readonly tls?: { readonly certificate: PeerCertificate | undefined };
}

function credentialOf(context: ExecutionContext): Credential {
  if (context.getType() === 'http') {
    const request = context.switchToHttp().getRequest<{ headers: { authorization?: string } }>();
    return { call: request, authorization: request.headers.authorization };
  }
  const args = context.getArgs<unknown[]>();
  const metadata = metadataOf(args);
  const value = metadata.get('authorization')[0];
  const security = callSecurityOf(args);
  return {
    call: metadata,
    authorization: typeof value === 'string' ? value : undefined,
    ...(security?.transportSecurityType === undefined
      ? {}
      : { tls: { certificate: security.sslPeerCertificate } }),
  };
}

/** Unary and server streams pass (request, metadata, call); pass-through streams pass the call itself. */
export function metadataOf(args: readonly unknown[]): Metadata {
  const direct = args.find((arg) => arg instanceof Metadata);
  if (direct !== undefined) return direct;
  const ofCall = (args[0] as { metadata?: unknown } | undefined)?.metadata;
  if (ofCall instanceof Metadata) return ofCall;
  throw new Unauthenticated();
}
