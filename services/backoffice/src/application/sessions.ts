import { createHash, randomBytes } from 'node:crypto';
import { type Clock } from '@balagh/runtime';
import { type IdentityProvider, type Tokens, SignInFailed, tokensSchema } from './identity-provider.port';
import { sealingUnder } from './sealing';

export interface SessionRow {
  /** Hex SHA-256 of the cookie: a copy of the table opens no session. */
  readonly id: string;
  /** Tokens, sealed under a key that needs the cookie and the server's secret. */
  readonly sealedTokens: string;
  readonly startedAt: Date;
  readonly seenAt: Date;
}

export interface SessionTable {
  put(row: SessionRow): Promise<void>;
  find(id: string): Promise<SessionRow | undefined>;
  touch(id: string, seenAt: Date): Promise<void>;
  remove(id: string): Promise<void>;
  removeStale(seenBefore: Date, startedBefore: Date): Promise<number>;
}

export const idleMinutes = 30;
export const longestHours = 12;
/** An access token is renewed this long before it ends. */
const renewEarlyMs = 30_000;
/** `seenAt` is written at most this often. */
const touchEveryMs = 60_000;

/** Server-side sessions: the browser holds a random cookie and nothing else (design §3.12). */
export class Sessions {
  private readonly renewals = new Map<string, Promise<Tokens>>();

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

  /** The session's tokens, renewed when they are about to end; undefined when it is over. */
  async resume(cookie: string): Promise<Tokens | undefined> {
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
    if (tokens.expiresAt - renewEarlyMs < now.getTime()) return this.renew(cookie, row, tokens);
    if (idle > touchEveryMs) await this.table.touch(row.id, now);
    return tokens;
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

  private async renew(cookie: string, row: SessionRow, old: Tokens): Promise<Tokens | undefined> {
    const { refreshToken } = old;
    if (refreshToken === undefined) {
      if (old.expiresAt > this.clock.now().getTime()) return old;
      await this.table.remove(row.id);
      return undefined;
    }
    // Issuers rotate refresh tokens: two requests at once must not use the same one twice.
    const running = this.renewals.get(row.id) ?? this.identity.refresh(refreshToken);
    this.renewals.set(row.id, running);
    try {
      const renewed = { ...old, ...(await running) };
      await this.table.put({ ...row, sealedTokens: this.seal(cookie, renewed), seenAt: this.clock.now() });
      return renewed;
    } catch (error) {
      if (!(error instanceof SignInFailed)) throw error;
      await this.table.remove(row.id);
      return undefined;
    } finally {
      this.renewals.delete(row.id);
    }
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
