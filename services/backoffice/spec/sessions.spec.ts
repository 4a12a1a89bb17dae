import { manualClock } from '@balagh/runtime';
import { eventually } from '@balagh/testing';
import {
  type IdentityProvider,
  type Tokens,
  IdentityUnavailable,
  SignInFailed,
} from '../src/application/identity-provider.port';
import { Sessions } from '../src/application/sessions';
import { createMemorySessionTable } from './memory-rows';

const start = '2026-03-01T08:00:00.000Z';
const begun = Date.parse(start);
const minutes = (n: number): number => n * 60_000;
const tokens = (more: Partial<Tokens> = {}): Tokens => ({
  accessToken: 'access-1',
  expiresAt: begun + minutes(600),
  ...more,
});

const secret = 'a secret of at least thirty-two characters';
const used = { used: true } as const;
/** An issuer that rotates: a refresh token that comes twice is refused. It answers when it is told to. */
function rotatingIssuer() {
  const spent = new Set<string>();
  const waiting: (() => void)[] = [];
  return {
    waiting,
    refresh: async (refreshToken: string): Promise<Tokens> => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      if (spent.has(refreshToken)) throw new SignInFailed();
      spent.add(refreshToken);
      return { accessToken: 'access-2', expiresAt: begun + minutes(600), refreshToken: 'refresh-2' };
    },
  };
}

function sessionsWith(refresh: IdentityProvider['refresh'] = () => Promise.reject(new SignInFailed())) {
  const table = createMemorySessionTable();
  const clock = manualClock(start);
  const identity = { refresh } as unknown as IdentityProvider;
  return {
    table,
    clock,
    sessions: new Sessions(table, identity, clock, secret),
    /** Another process on the same table. */
    replica: () => new Sessions(table, identity, clock, secret),
  };
}

describe('a session', () => {
  it('gives its tokens to the cookie that began it, and to no other', async () => {
    const { sessions } = sessionsWith();
    const cookie = await sessions.start(tokens());
    expect(await sessions.resume(cookie, used)).toEqual(tokens());
    expect(await sessions.resume(`${cookie}x`, used)).toBeUndefined();
  });

  it('keeps neither cookie nor token readable in its table', async () => {
    const { sessions, table } = sessionsWith();
    const cookie = await sessions.start(tokens());
    const kept = JSON.stringify([...table.rows.values()]);
    expect(kept).not.toContain('access-1');
    expect(kept).not.toContain(cookie);
  });

  it('ends after thirty minutes without use, and lives on with it', async () => {
    const { sessions, clock, table } = sessionsWith();
    const cookie = await sessions.start(tokens());
    clock.advance(minutes(29));
    expect(await sessions.resume(cookie, used)).toBeDefined();
    clock.advance(minutes(29));
    expect(await sessions.resume(cookie, used)).toBeDefined();
    clock.advance(minutes(31));
    expect(await sessions.resume(cookie, used)).toBeUndefined();
    expect(table.rows.size).toBe(0);
  });

  it('ends after twelve hours in any case', async () => {
    const { sessions, clock } = sessionsWith();
    const cookie = await sessions.start(tokens({ expiresAt: begun + minutes(2_000) }));
    for (let i = 0; i < 36; i += 1) {
      clock.advance(minutes(20));
      expect(await sessions.resume(cookie, used)).toBeDefined();
    }
    clock.advance(minutes(1));
    expect(await sessions.resume(cookie, used)).toBeUndefined();
  });

  it('renews an ending access token once, however many requests come together', async () => {
    let asked = 0;
    const refresh = async (refreshToken: string): Promise<Tokens> => {
      asked += 1;
      expect(refreshToken).toBe('refresh-1');
      return { accessToken: 'access-2', expiresAt: begun + minutes(20), refreshToken: 'refresh-2' };
    };
    const { sessions, clock } = sessionsWith(refresh);
    const cookie = await sessions.start(tokens({ expiresAt: begun + minutes(5), refreshToken: 'refresh-1' }));
    clock.advance(minutes(4.6));
    const all = await Promise.all([1, 2, 3].map(() => sessions.resume(cookie, used)));
    expect(all.map((one) => one?.accessToken)).toEqual(['access-2', 'access-2', 'access-2']);
    expect(asked).toBe(1);
    expect((await sessions.resume(cookie, used))?.refreshToken).toBe('refresh-2');
  });

  it('is renewed by one of several replicas; the others use its old tokens while they are good, then the new ones', async () => {
    for (const expiresAt of [begun + minutes(0.25), begun]) {
      const { waiting, refresh } = rotatingIssuer();
      const { sessions, replica } = sessionsWith(refresh);
      const cookie = await sessions.start(tokens({ expiresAt, refreshToken: 'refresh-1' }));
      const first = sessions.resume(cookie, used);
      await eventually(() => waiting.length === 1);
      const second = replica().resume(cookie, used);
      if (expiresAt > begun) expect((await second)?.accessToken).toBe('access-1');
      waiting[0]?.();
      expect((await first)?.accessToken).toBe('access-2');
      expect((await second)?.accessToken).toBe(expiresAt > begun ? 'access-1' : 'access-2');
      expect((await replica().resume(cookie, used))?.refreshToken).toBe('refresh-2');
      expect(waiting).toHaveLength(1);
    }
  });

  it('lives on when its refresh token was refused because newer tokens are there', async () => {
    const { waiting, refresh } = rotatingIssuer();
    const { sessions, replica, clock } = sessionsWith(refresh);
    const cookie = await sessions.start(tokens({ expiresAt: begun, refreshToken: 'refresh-1' }));
    const late = sessions.resume(cookie, used);
    await eventually(() => waiting.length === 1);
    clock.advance(minutes(0.5));
    const other = replica().resume(cookie, used);
    await eventually(() => waiting.length === 2);
    waiting[1]?.();
    expect((await other)?.accessToken).toBe('access-2');
    waiting[0]?.();
    expect((await late)?.accessToken).toBe('access-2');
    expect((await replica().resume(cookie, used))?.refreshToken).toBe('refresh-2');
  });

  it('does not come back when it was ended while its tokens were renewed', async () => {
    const { waiting, refresh } = rotatingIssuer();
    const { sessions, replica, table } = sessionsWith(refresh);
    const cookie = await sessions.start(tokens({ expiresAt: begun, refreshToken: 'refresh-1' }));
    const renewing = sessions.resume(cookie, used);
    await eventually(() => waiting.length === 1);
    await replica().end(cookie);
    waiting[0]?.();
    expect(await renewing).toBeUndefined();
    expect(table.rows.size).toBe(0);
  });

  it('ends by idleness although an open screen goes on asking and its tokens are renewed', async () => {
    const refresh = async (): Promise<Tokens> => ({
      accessToken: 'access-2',
      expiresAt: begun + minutes(20),
    });
    const { sessions, clock } = sessionsWith(refresh);
    const cookie = await sessions.start(tokens({ expiresAt: begun + minutes(5), refreshToken: 'refresh-1' }));
    clock.advance(minutes(5));
    expect((await sessions.resume(cookie, { used: false }))?.accessToken).toBe('access-2');
    clock.advance(minutes(10));
    expect(await sessions.resume(cookie, used)).toBeDefined();
    clock.advance(minutes(29));
    expect(await sessions.resume(cookie, { used: false })).toBeDefined();
    clock.advance(minutes(2));
    expect(await sessions.resume(cookie, { used: false })).toBeUndefined();
  });

  it('may be renewed again at once after the issuer was away', async () => {
    const answers = [Promise.reject<Tokens>(new IdentityUnavailable()), Promise.resolve(tokens())];
    const { sessions, replica } = sessionsWith(() => answers.shift() ?? Promise.reject(new SignInFailed()));
    const cookie = await sessions.start(tokens({ expiresAt: begun, refreshToken: 'refresh-1' }));
    await expect(sessions.resume(cookie, used)).rejects.toThrow(IdentityUnavailable);
    expect(await replica().resume(cookie, used)).toMatchObject(tokens());
  });

  it('is over when the issuer refuses to renew, and stays when the issuer is away', async () => {
    const refused = sessionsWith();
    const cookie = await refused.sessions.start(tokens({ expiresAt: begun, refreshToken: 'refresh-1' }));
    expect(await refused.sessions.resume(cookie, used)).toBeUndefined();
    const away = sessionsWith(() => Promise.reject(new IdentityUnavailable()));
    const other = await away.sessions.start(tokens({ expiresAt: begun, refreshToken: 'refresh-1' }));
    await expect(away.sessions.resume(other, used)).rejects.toThrow(IdentityUnavailable);
    expect(away.table.rows.size).toBe(1);
  });

  it('ends on sign-out, and stale ones are swept', async () => {
    const { sessions, clock, table } = sessionsWith();
    const cookie = await sessions.start(tokens());
    await sessions.end(cookie);
    expect(await sessions.resume(cookie, used)).toBeUndefined();
    await sessions.start(tokens());
    clock.advance(minutes(31));
    expect(await sessions.sweep()).toBe(1);
    expect(table.rows.size).toBe(0);
  });
});
