import { type Principal } from './principal';

interface Verified {
  readonly principal: Principal;
  /** Milliseconds of the epoch. */
  readonly until: number;
}

/** Far more than the people and agencies that one process serves within a minute. */
const most = 1_000;

/**
 * Tokens that were verified a moment ago, with the principals they speak of: a signature costs more than a command decides. Kept for
 * `keepMs` and never beyond their own end, the latest 1,000 of them. Whoever learns that the issuer changed its keys clears all.
 */
export class VerifiedTokens {
  /** In the order of their verification. */
  private readonly kept = new Map<string, Verified>();

  constructor(private readonly keepMs: number) {}

  principalOf(token: string): Principal | undefined {
    const known = this.kept.get(token);
    if (known === undefined) return undefined;
    if (Date.now() < known.until) return known.principal;
    this.kept.delete(token);
    return undefined;
  }

  /** `endsAt`: when the token itself ends, in milliseconds of the epoch. */
  keep(token: string, principal: Principal, endsAt: number): void {
    this.kept.set(token, { principal, until: Math.min(Date.now() + this.keepMs, endsAt) });
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= most) break;
      this.kept.delete(oldest);
    }
  }

  clear(): void {
    this.kept.clear();
  }
}
