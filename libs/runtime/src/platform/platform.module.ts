import { type DynamicModule, Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { BearerGuard } from '../access/bearer.guard';
import { DENIALS, type Denials, createDenials } from '../access/denials';
import { PARTNER_IDENTITIES, type PartnerIdentities } from '../access/partner-identities';
import { TOKEN_VERIFIER, type TokenVerifier } from '../access/token-verifier';
import { WellFormedGuard } from '../access/well-formed.guard';
import { CallContextInterceptor } from '../calls/call-context-interceptor';
import { FailureFilter } from '../errors/failure-filter';
import { RateLimitGuard, TOKEN_BUCKETS, TokenBuckets } from '../http/rate-limit';
import { LOG } from '../logging/log-token';
import { PLATFORM, type Platform } from './platform';

/**
 * Makes the platform injectable everywhere (`@Inject(PLATFORM)`) and puts rate limit, token check, call context and
 * failure mapping around every HTTP route and gRPC method.
 */
@Global()
@Module({})
export class PlatformModule implements OnApplicationShutdown {
  constructor(@Inject(DENIALS) private readonly denials: Denials) {}

  static forPlatform(
    platform: Platform,
    verifier: TokenVerifier,
    partners?: PartnerIdentities,
  ): DynamicModule {
    const limit = {
      perSecond: platform.config?.PUBLIC_RATE_PER_SECOND ?? 20,
      burst: platform.config?.PUBLIC_BURST ?? 60,
    };
    return {
      module: PlatformModule,
      providers: [
        { provide: PLATFORM, useValue: platform },
        { provide: LOG, useValue: platform.log },
        { provide: TOKEN_VERIFIER, useValue: verifier },
        { provide: PARTNER_IDENTITIES, useValue: partners ?? null },
        { provide: DENIALS, useValue: createDenials(platform) },
        { provide: TOKEN_BUCKETS, useValue: new TokenBuckets(limit, platform.clock) },
        { provide: APP_GUARD, useClass: RateLimitGuard },
        { provide: APP_GUARD, useClass: BearerGuard },
        { provide: APP_GUARD, useClass: WellFormedGuard },
        { provide: APP_INTERCEPTOR, useClass: CallContextInterceptor },
        { provide: APP_FILTER, useClass: FailureFilter },
      ],
      exports: [PLATFORM, LOG, TOKEN_VERIFIER],
    };
  }

  /** After the last answer was given. */
  onApplicationShutdown(): Promise<void> {
    return this.denials.flush();
  }
}
