import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { routeAccess } from '../access/route-access';
import { type Clock } from '../clock';
import { RateExceeded } from '../errors/errors';

export interface RateLimit {
  readonly perSecond: number;
  readonly burst: number;
  /** Addresses remembered; the longest unseen is forgotten first. Default 10,000. */
  readonly maxClients?: number;
}

interface Bucket {
  tokens: number;
  at: number;
}

/** A token bucket per client, bounded in number: an attacker with many addresses costs memory once, not for ever. */
export class TokenBuckets {
  private readonly buckets = new Map<string, Bucket>();

  constructor(
    private readonly limit: RateLimit,
    private readonly clock: Clock,
  ) {}

  get size(): number {
    return this.buckets.size;
  }

  /** Takes one token. @throws RateExceeded with the seconds until the next one */
  take(client: string): void {
    const now = this.clock.now().getTime();
    const bucket = this.buckets.get(client) ?? { tokens: this.limit.burst, at: now };
    const refilled = bucket.tokens + (Math.max(0, now - bucket.at) / 1_000) * this.limit.perSecond;
    const tokens = Math.min(this.limit.burst, refilled);
    // Deleting and setting again moves the client to the end of the map's order: the first is the longest unseen.
    this.buckets.delete(client);
    this.buckets.set(client, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: now });
    this.forgetOldest();
    if (tokens < 1) throw new RateExceeded(Math.max(1, Math.ceil((1 - tokens) / this.limit.perSecond)));
  }

  private forgetOldest(): void {
    if (this.buckets.size <= (this.limit.maxClients ?? 10_000)) return;
    const [oldest] = this.buckets.keys();
    if (oldest !== undefined) this.buckets.delete(oldest);
  }
}

/**
 * Who counts as one client: an IPv4 address, or the /64 that an IPv6 connection is given as a whole (a household could otherwise
 * come from a new address with every request). Behind proxies Express has taken the address from X-Forwarded-For, as far as TRUST_PROXY says.
 */
export function clientOf(ip: string | undefined): string {
  const address = (ip ?? 'unknown').replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.toLowerCase().split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const [before, after] = [groups(head), groups(tail ?? '')];
  const filled =
    tail === undefined
      ? before
      : [
          ...before,
          ...Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0'),
          ...after,
        ];
  const network = filled.slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ''));
  return `${network.join(':')}::/64`;
}

/** Nest injection token of the process's `TokenBuckets`. */
export const TOKEN_BUCKETS = Symbol('balagh.token-buckets');

/** Limits open HTTP routes per client address; routes behind a token and `@Unlimited()` ones are let through. */
@Injectable()
export class RateLimitGuard implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(TOKEN_BUCKETS) private readonly buckets: TokenBuckets,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'http') return true;
    const targets = [context.getHandler(), context.getClass()];
    const marked = (key: string): boolean =>
      this.reflector.getAllAndOverride<boolean | undefined>(key, targets) === true;
    if (!marked(routeAccess.publicKey) || marked(routeAccess.unlimitedKey)) return true;
    const { ip } = context.switchToHttp().getRequest<{ ip?: string }>();
    this.buckets.take(clientOf(ip));
    return true;
  }
}
