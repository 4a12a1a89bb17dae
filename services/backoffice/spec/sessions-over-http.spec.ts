import { get } from 'node:http';
import { localPath } from '../src/inbound/http/session.controller';
import { BackofficeUnderTest, publicUrl } from './backoffice-under-test';
import { agent, uuid } from './case-world';

let office: BackofficeUnderTest;
beforeEach(async () => {
  office = await BackofficeUnderTest.start();
});
afterEach(() => office.stop());

const json = async (response: Response): Promise<Record<string, unknown>> =>
  (await response.json()) as Record<string, unknown>;
const refusal = async (response: Response) => [response.status, (await json(response))['code']];

describe('sessions over HTTP', () => {
  const cookiesOf = (response: Response): string =>
    response.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';')[0])
      .join('; ');
  const at = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${office.origin}${path}`, { redirect: 'manual', ...init });

  async function signIn(): Promise<string> {
    office.signsIn = agent;
    // Straight to the handler's host check: the browser is on PUBLIC_URL.
    const begun = await request('/auth/sign-in?returnTo=/MUS/line1');
    expect(begun.headers['location']).toBe('http://issuer.example/authorize?state=state-1');
    const attempt = begun.cookies;
    const back = await at('/auth/callback?code=c&state=state-1', { headers: { cookie: attempt } });
    expect([back.status, back.headers.get('location')]).toEqual([303, '/MUS/line1']);
    return (
      cookiesOf(back)
        .split('; ')
        .find((cookie) => cookie.startsWith('balagh=')) ?? ''
    );
  }

  /** `fetch` sets Host by itself. */
  async function request(path: string): Promise<{ headers: Record<string, unknown>; cookies: string }> {
    return new Promise((resolve, reject) => {
      get(`${office.origin}${path}`, { headers: { host: new URL(publicUrl).host } }, (response) => {
        response.resume();
        resolve({
          headers: response.headers,
          cookies: (response.headers['set-cookie'] ?? []).map((c) => c.split(';')[0]).join('; '),
        });
      }).on('error', reject);
    });
  }

  it('give the browser a cookie that scripts cannot read, and no token', async () => {
    office.signsIn = agent;
    const begun = await request('/auth/sign-in');
    const back = await at('/auth/callback?code=c&state=state-1', { headers: { cookie: begun.cookies } });
    const cookie = back.headers.getSetCookie().find((one) => one.startsWith('balagh=')) ?? '';
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Lax/);
    expect(cookie.length).toBeLessThan(150);
    const me = await at('/api/me', { headers: { cookie: cookie.split(';')[0] ?? '' } });
    expect(await json(me)).toMatchObject({
      account: 'mus.line1',
      roles: ['LINE1'],
      queues: ['line1', 'all'],
      tenants: [{ code: 'MUS', en: 'Muscat Municipality' }],
    });
  });

  it('begin on the public address, wherever the browser came from', async () => {
    const elsewhere = await at('/auth/sign-in?returnTo=/MUS/all');
    expect([elsewhere.status, elsewhere.headers.get('location')]).toEqual([
      303,
      `${publicUrl}/auth/sign-in?returnTo=/MUS/all`,
    ]);
  });

  it('are refused when another attempt comes back, and say so on the start page', async () => {
    office.signsIn = agent;
    const { cookies } = await request('/auth/sign-in');
    const foreign = await at('/auth/callback?code=c&state=state-2', { headers: { cookie: cookies } });
    expect([foreign.status, foreign.headers.get('location')]).toEqual([303, '/?signIn=SIGN_IN_FAILED']);
    const none = await at('/auth/callback?code=c&state=state-1');
    expect(none.headers.get('location')).toBe('/?signIn=SIGN_IN_EXPIRED');
  });

  it('never lead to another site', () => {
    expect(localPath('/MUS/all?stage=CLOSED')).toBe('/MUS/all?stage=CLOSED');
    for (const away of ['//evil.example', 'https://evil.example', '/\\evil.example', '/a\nb', undefined])
      expect(localPath(away)).toBe('/');
  });

  it('refuse writes that the console did not send', async () => {
    const cookie = await signIn();
    const write = (headers: Record<string, string>) =>
      at('/api/tenants/MUS/cases', {
        method: 'POST',
        headers: { cookie, 'content-type': 'application/json', 'idempotency-key': uuid(8, 1), ...headers },
        body: JSON.stringify({ channel: 'PHONE_1111' }),
      });
    expect(await refusal(await write({}))).toEqual([403, 'CONSOLE_HEADER_MISSING']);
    expect(await refusal(await write({ 'x-balagh-console': '1', origin: 'https://evil.example' }))).toEqual([
      403,
      'ORIGIN_FOREIGN',
    ]);
    expect(office.sent).toEqual([]);
    expect((await write({ 'x-balagh-console': '1', origin: publicUrl })).status).toBe(201);
  });

  it('live on by what a person does, not by what an open screen asks for', async () => {
    const status = async (cookie: string, minutes: number, init: RequestInit = {}): Promise<number> => {
      office.world.clock.advance(minutes * 60_000);
      return (await at('/api/me', { ...init, headers: { cookie, ...init.headers } })).status;
    };
    const acting = await signIn();
    expect(await status(acting, 5, { headers: { 'x-balagh-act': '1' } })).toBe(200);
    expect(await status(acting, 29)).toBe(200);
    expect(await status(acting, 2)).toBe(401);
    const writing = await signIn();
    const written = { method: 'POST', headers: { 'x-balagh-console': '1' } };
    expect(await status(writing, 20, written)).toBe(404);
    expect(await status(writing, 29)).toBe(200);
    expect(await status(writing, 2)).toBe(401);
  });

  it('end on sign-out, here and at the issuer', async () => {
    const cookie = await signIn();
    const out = await at('/auth/sign-out', { method: 'POST', headers: { cookie, 'x-balagh-console': '1' } });
    expect(await json(out)).toEqual({ location: 'http://issuer.example/end' });
    expect(await refusal(await at('/api/me', { headers: { cookie } }))).toEqual([401, 'TOKEN_INVALID']);
  });

  it('are needed for everything under /api', async () => {
    for (const path of [
      '/api/me',
      '/api/tenants/MUS/cases',
      `/api/tenants/MUS/cases/${uuid(1, 1)}`,
      '/api/tenants/MUS/events',
    ]) {
      expect([path, ...(await refusal(await at(path)))]).toEqual([path, 401, 'TOKEN_INVALID']);
    }
  });
});
