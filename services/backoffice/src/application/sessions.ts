import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Clock } from '@balagh/runtime';
import {
  type IdentityProvider,
  type Tokens,
  IdentityUnavailable,
  SignInFailed,
  tokensSchema,
} from './identity-provider.port';
import { sealingUnder } from './sealing';

export interface SessionRow {
  /** Hex SHA-256 of the cookie: a copy of the table opens no session. */
  readonly id: string;
  /** Tokens, sealed under a key that needs the cookie and the server's secret. */
  readonly sealedTokens: string;
  readonly startedAt: Date;
  readonly seenAt: Date;
}

/** Asks to be the only one that renews these tokens, from `at` until `until` at most. */
export interface RenewalClaim {
  readonly id: string;
  readonly sealedTokens: string;
  readonly at: Date;
  readonly until: Date;
}

export interface SessionTable {
  put(row: SessionRow): Promise<void>;
  find(id: string): Promise<SessionRow | undefined>;
  touch(id: string, seenAt: Date): Promise<void>;
  /** False: somebody else renews them, they are others by now, or the session is over. */
  claimRenewal(claim: RenewalClaim): Promise<boolean>;
  /** Another may renew these tokens now. */
  releaseRenewal(id: string, sealedTokens: string): Promise<void>;
  /** Ends the claim as well. False, and nothing is written: the session is over, or its tokens are others by now. */
  replaceTokens(id: string, before: string, after: string): Promise<boolean>;
  remove(id: string): Promise<void>;
  removeStale(seenBefore: Date, startedBefore: Date): Promise<number>;
}

export const idleMinutes = 30;
export const longestHours = 12;
/** An access token is renewed this long before it ends. */
const renewEarlyMs = 30_000;
/** Tokens that another replica renews at the moment are used this long before their end. */
const stillGoodMs = 5_000;
/** Longer than the issuer is waited for; a replica that died meanwhile is not waited for any longer. */
const renewingMs = 20_000;
/** How often, and with which pause, the row is read until another replica has renewed: 10 seconds altogether. */
const renewalReads = 50;
const renewalPauseMs = 200;
/** `seenAt` is written at most this often. */
const touchEveryMs = 60_000;

/** Server-side sessions: the browser holds a random cookie and nothing else (design §3.12). */
export class Sessions {
  /** Renewals of this process, by session. */
  private readonly renewals = new Map<string, Promise<Tokens | undefined>>();

  constructor(
    private readonly table: SessionTable,
    private readonly identity: IdentityProvider,
    private readonly clock: Clock,
    private readonly secret: string,
  ) {}

  /** The value of the new session's cookie. */
  async start(tokens: Tokens): Promise<string> {
    const cookie = randomBytes(32).toString('base64url');
    const now = this.clock.now();
    await this.table.put({
      id: idOf(cookie),
      sealedTokens: this.seal(cookie, tokens),
      startedAt: now,
      seenAt: now,
    });
    return cookie;
  }

  /**
   * The session's tokens, renewed when they are about to end; undefined when it is over. `used`: a person did something; nothing else keeps
   * the session from ending by idleness. @throws IdentityUnavailable
   */
  async resume(cookie: string, { used }: { readonly used: boolean }): Promise<Tokens | undefined> {
    const row = await this.table.find(idOf(cookie));
    if (row === undefined) return undefined;
    const now = this.clock.now();
    const idle = now.getTime() - row.seenAt.getTime();
    const tokens = this.unseal(cookie, row.sealedTokens);
    const over =
      idle > idleMinutes * 60_000 || now.getTime() - row.startedAt.getTime() > longestHours * 3_600_000;
    if (over || tokens === undefined) {
      await this.table.remove(row.id);
      return undefined;
    }
    if (used && idle > touchEveryMs) await this.table.touch(row.id, now);
    return tokens.expiresAt - renewEarlyMs < now.getTime() ? this.renew(cookie, row, tokens) : tokens;
  }

  async end(cookie: string): Promise<void> {
    await this.table.remove(idOf(cookie));
  }

  /** Deletes what nobody can resume. */
  async sweep(): Promise<number> {
    const now = this.clock.now().getTime();
    return this.table.removeStale(
      new Date(now - idleMinutes * 60_000),
      new Date(now - longestHours * 3_600_000),
    );
  }

  private renew(cookie: string, row: SessionRow, old: Tokens): Promise<Tokens | undefined> {
    const running = this.renewals.get(row.id);
    if (running !== undefined) return running;
    const begun = this.renewOnce(cookie, row, old).finally(() => this.renewals.delete(row.id));
    this.renewals.set(row.id, begun);
    return begun;
  }

  /** Issuers rotate refresh tokens and may end everything when one comes twice: of all replicas one uses it. */
  private async renewOnce(cookie: string, row: SessionRow, old: Tokens): Promise<Tokens | undefined> {
    const { id, sealedTokens } = row;
    const { refreshToken } = old;
    if (refreshToken === undefined) return this.withoutRenewal(id, old);
    for (let read = 1; read <= renewalReads; read += 1) {
      const at = this.clock.now();
      const until = new Date(at.getTime() + renewingMs);
      if (await this.table.claimRenewal({ id, sealedTokens, at, until }))
        return this.refreshed(cookie, row, { ...old, refreshToken });
      const latest = await this.table.find(id);
      if (latest?.sealedTokens !== sealedTokens) return this.tokensOf(cookie, latest);
      if (old.expiresAt - stillGoodMs > at.getTime()) return old;
      await pause(renewalPauseMs);
    }
    throw new IdentityUnavailable('another replica has not renewed the tokens in time');
  }

  private async withoutRenewal(id: string, old: Tokens): Promise<Tokens | undefined> {
    if (old.expiresAt > this.clock.now().getTime()) return old;
    await this.table.remove(id);
    return undefined;
  }

  /** Whatever the answer, it counts only while the session is there: one that was ended meanwhile does not come back. */
  private async refreshed(
    cookie: string,
    { id, sealedTokens }: SessionRow,
    old: Tokens & { readonly refreshToken: string },
  ): Promise<Tokens | undefined> {
    try {
      const renewed = { ...old, ...(await this.identity.refresh(old.refreshToken)) };
      const replaced = await this.table.replaceTokens(id, sealedTokens, this.seal(cookie, renewed));
      return replaced ? renewed : this.tokensOf(cookie, await this.table.find(id));
    } catch (error) {
      if (!(error instanceof SignInFailed)) {
        await this.table.releaseRenewal(id, sealedTokens);
        throw error;
      }
      const latest = await this.table.find(id);
      if (latest?.sealedTokens !== sealedTokens) return this.tokensOf(cookie, latest);
      await this.table.remove(id);
      return undefined;
    }
  }

  private tokensOf(cookie: string, row: SessionRow | undefined): Tokens | undefined {
    return row === undefined ? undefined : this.unseal(cookie, row.sealedTokens);
  }

  private seal(cookie: string, tokens: Tokens): string {
    return sealingUnder(`${this.secret}.${cookie}`, 'session-tokens').seal(JSON.stringify(tokens));
  }

  private unseal(cookie: string, sealed: string): Tokens | undefined {
    const plain = sealingUnder(`${this.secret}.${cookie}`, 'session-tokens').unseal(sealed);
    return plain === undefined ? undefined : tokensSchema.parse(JSON.parse(plain));
  }
}

const idOf = (cookie: string): string => createHash('sha256').update(cookie).digest('hex');
