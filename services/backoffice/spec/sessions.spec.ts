import { manualClock } from '@balagh/runtime';
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

function sessionsWith(refresh: IdentityProvider['refresh'] = () => Promise.reject(new SignInFailed())) {
  const table = createMemorySessionTable();
  const clock = manualClock(start);
  const identity = { refresh } as unknown as IdentityProvider;
  return {
    table,
    clock,
    sessions: new Sessions(table, identity, clock, 'a secret of at least thirty-two characters'),
  };
}

describe('a session', () => {
  it('gives its tokens to the cookie that began it, and to no other', async () => {
    const { sessions } = sessionsWith();
    const cookie = await sessions.start(tokens());
    expect(await sessions.resume(cookie)).toEqual(tokens());
    expect(await sessions.resume(`${cookie}x`)).toBeUndefined();
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
    expect(await sessions.resume(cookie)).toBeDefined();
    clock.advance(minutes(29));
    expect(await sessions.resume(cookie)).toBeDefined();
    clock.advance(minutes(31));
    expect(await sessions.resume(cookie)).toBeUndefined();
    expect(table.rows.size).toBe(0);
  });

  it('ends after twelve hours in any case', async () => {
    const { sessions, clock } = sessionsWith();
    const cookie = await sessions.start(tokens({ expiresAt: begun + minutes(2_000) }));
    for (let i = 0; i < 36; i += 1) {
      clock.advance(minutes(20));
      expect(await sessions.resume(cookie)).toBeDefined();
    }
    clock.advance(minutes(1));
    expect(await sessions.resume(cookie)).toBeUndefined();
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
    const all = await Promise.all([1, 2, 3].map(() => sessions.resume(cookie)));
    expect(all.map((one) => one?.accessToken)).toEqual(['access-2', 'access-2', 'access-2']);
    expect(asked).toBe(1);
    expect((await sessions.resume(cookie))?.refreshToken).toBe('refresh-2');
  });

  it('is over when the issuer refuses to renew, and stays when the issuer is away', async () => {
    const refused = sessionsWith();
    const cookie = await refused.sessions.start(tokens({ expiresAt: begun, refreshToken: 'refresh-1' }));
    expect(await refused.sessions.resume(cookie)).toBeUndefined();
    const away = sessionsWith(() => Promise.reject(new IdentityUnavailable()));
    const other = await away.sessions.start(tokens({ expiresAt: begun, refreshToken: 'refresh-1' }));
    await expect(away.sessions.resume(other)).rejects.toThrow(IdentityUnavailable);
    expect(away.table.rows.size).toBe(1);
  });

  it('ends on sign-out, and stale ones are swept', async () => {
    const { sessions, clock, table } = sessionsWith();
    const cookie = await sessions.start(tokens());
    await sessions.end(cookie);
    expect(await sessions.resume(cookie)).toBeUndefined();
    await sessions.start(tokens());
    clock.advance(minutes(31));
    expect(await sessions.sweep()).toBe(1);
    expect(table.rows.size).toBe(0);
  });
});
