import { createTokenVerifier } from '@balagh/runtime';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as openid from 'openid-client';
import { type RunningIdentity, apiResource, audience, consoleClientId, startIdentity } from '../src';

const callback = 'http://127.0.0.1:4000/session/callback';

describe('the development issuer', () => {
  let dataDir: string;
  let identity: RunningIdentity;
  const start = (port = 0) =>
    startIdentity({ port, host: '127.0.0.1', dataDir, mode: 'demo', redirectUris: [callback] });
  const demoToken = (username: string, password: string) =>
    fetch(`${identity.issuerUrl}/demo/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username, password }),
    });
  const principalOf = (token: string) =>
    createTokenVerifier({ issuer: identity.issuerUrl, audience }).verify(token);

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'balagh-identity-'));
    identity = await start();
  });

  afterAll(async () => {
    await identity.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('does not start in production', async () => {
    const attempt = startIdentity({
      port: 0,
      host: '127.0.0.1',
      dataDir,
      mode: 'production',
      redirectUris: [],
    });
    await expect(attempt).rejects.toMatchObject({ code: 'IDENTITY_DEMO_ONLY' });
  });

  it('says of itself that it is for demonstrations, and services in production take none of its tokens', async () => {
    const answer = await fetch(`${identity.issuerUrl}/demo/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'mus.agent', password: 'demo' }),
    });
    const { access_token: token } = (await answer.json()) as { access_token: string };
    const options = { issuer: identity.issuerUrl, audience };
    expect((await createTokenVerifier(options).verify(token)).subject).toBe('mus.agent');
    const inProduction = createTokenVerifier({ ...options, refuseDemonstrations: true });
    await expect(inProduction.verify(token)).rejects.toMatchObject({ code: 'ISSUER_UNAVAILABLE' });
  });

  it('its name in tokens is the one that browsers and services reach it by, not the address it listens on', async () => {
    const issuerUrl = 'http://issuer.example:8083';
    const behind = await startIdentity({
      port: 0,
      host: '127.0.0.1',
      issuerUrl,
      dataDir,
      mode: 'demo',
      redirectUris: [],
    });
    await behind.stop();
    expect(behind.issuerUrl).toBe(issuerUrl);
  });

  it('keeps its keys over a restart, readable by nobody else', async () => {
    const before = ((await (await demoToken('mus.agent', 'demo')).json()) as { access_token: string })
      .access_token;
    const port = Number(new URL(identity.issuerUrl).port);
    await identity.stop();
    identity = await start(port);
    await expect(principalOf(before)).resolves.toMatchObject({ subject: 'mus.agent' });
    expect(await readdir(dataDir)).toEqual(['issuer-keys.json']);
    expect((await stat(join(dataDir, 'issuer-keys.json'))).mode & 0o777).toBe(0o600);
  });

  it('gives command lines a token that says organisation, tenants, roles, party and section', async () => {
    const { access_token: token } = (await (await demoToken('mus.cleaning', 'demo')).json()) as {
      access_token: string;
    };
    const keys = createRemoteJWKSet(new URL(`${identity.issuerUrl}/jwks`));
    const { protectedHeader, payload } = await jwtVerify(token, keys, {
      issuer: identity.issuerUrl,
      audience,
    });
    expect(protectedHeader.alg).toBe('ES256');
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(3_600);
    await expect(principalOf(token)).resolves.toEqual({
      subject: 'mus.cleaning',
      kind: 'staff',
      organisation: 'MUS',
      tenants: ['MUS'],
      roles: ['LINE3'],
      party: { code: 'DIR-SERVICES', section: 'SEC-CLEANING' },
    });
  });

  it('lets a host’s agents act for the tenant it hosts', async () => {
    const { access_token: token } = (await (await demoToken('mus.agent', 'demo')).json()) as {
      access_token: string;
    };
    await expect(principalOf(token)).resolves.toMatchObject({
      organisation: 'MUS',
      tenants: ['MUS', 'TOURISM'],
      roles: ['LINE1'],
    });
  });

  it('gives no token for a wrong password, an unknown account or no body', async () => {
    expect((await demoToken('mus.agent', 'wrong')).status).toBe(401);
    expect((await demoToken('nobody', 'demo')).status).toBe(401);
    expect((await fetch(`${identity.issuerUrl}/demo/token`, { method: 'POST', body: 'x' })).status).toBe(400);
    expect((await fetch(`${identity.issuerUrl}/demo/token`)).status).toBe(405);
  });

  it('publishes no private part of its key', async () => {
    const { keys } = (await (await fetch(`${identity.issuerUrl}/jwks`)).json()) as {
      keys: Record<string, unknown>[];
    };
    expect(keys).toHaveLength(1);
    expect(keys[0]).not.toHaveProperty('d');
  });

  it('knows a partner agency by its client credentials', async () => {
    const config = await openid.discovery(
      new URL(identity.issuerUrl),
      'haya-water',
      undefined,
      openid.ClientSecretBasic('demo'),
      {
        execute: [openid.allowInsecureRequests],
      },
    );
    const { access_token: token } = await openid.clientCredentialsGrant(config, { resource: apiResource });
    await expect(principalOf(token)).resolves.toEqual({
      subject: 'haya-water',
      kind: 'partner',
      organisation: 'HAYA_WATER',
      tenants: ['MUS'],
      roles: ['PARTNER'],
      agency: 'HAYA_WATER',
    });
    const wrong = await openid.discovery(
      new URL(identity.issuerUrl),
      'haya-water',
      undefined,
      openid.ClientSecretBasic('guess'),
      {
        execute: [openid.allowInsecureRequests],
      },
    );
    await expect(openid.clientCredentialsGrant(wrong)).rejects.toMatchObject({ status: 401 });
  });

  describe('signing in by browser', () => {
    let config: openid.Configuration;
    beforeAll(async () => {
      config = await openid.discovery(
        new URL(identity.issuerUrl),
        consoleClientId,
        undefined,
        openid.None(),
        {
          execute: [openid.allowInsecureRequests],
        },
      );
    });

    it('leads through the page with code and PKCE to tokens, renewal and out again', async () => {
      const browser = new Browser();
      const verifier = openid.randomPKCECodeVerifier();
      const [state, nonce] = [openid.randomState(), openid.randomNonce()];
      const begin = openid.buildAuthorizationUrl(config, {
        redirect_uri: callback,
        scope: 'openid offline_access',
        code_challenge: await openid.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state,
        nonce,
      });
      const shown = await browser.go(begin.href);
      expect(shown.text).toContain('<html lang="ar" dir="rtl">');
      expect(shown.text).toContain('mus.distributor');
      expect(shown.policy).toContain("form-action 'self' http://127.0.0.1:4000");

      const refused = await browser.go(shown.url, { username: 'mus.distributor', password: 'wrong' });
      expect([refused.status, refused.text.includes('role="alert"')]).toEqual([401, true]);
      const partner = await browser.go(shown.url, { username: 'haya-water', password: 'demo' });
      expect(partner.status).toBe(401);

      const back = await browser.go(shown.url, { username: 'mus.distributor', password: 'demo' });
      expect(back.url.startsWith(callback)).toBe(true);
      const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce };
      const tokens = await openid.authorizationCodeGrant(config, new URL(back.url), checks);
      await expect(principalOf(tokens.access_token)).resolves.toMatchObject({
        subject: 'mus.distributor',
        roles: ['LINE2'],
      });
      expect(tokens.claims()).toMatchObject({ sub: 'mus.distributor', organisation: 'MUS' });
      await expect(openid.authorizationCodeGrant(config, new URL(back.url), checks)).rejects.toMatchObject({
        error: 'invalid_grant',
      });
    });

    it('renews the access token with the refresh token', async () => {
      const { tokens } = await signIn(config, new Browser(), 'qat.desk');
      const renewed = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '');
      await expect(principalOf(renewed.access_token)).resolves.toMatchObject({
        subject: 'qat.desk',
        tenants: ['QAT-MME'],
      });
    });

    it('forgets the session after signing out and sends the browser home', async () => {
      const browser = new Browser();
      const { tokens } = await signIn(config, browser, 'qat.desk');
      const home = openid.buildEndSessionUrl(config, {
        id_token_hint: tokens.id_token ?? '',
        post_logout_redirect_uri: 'http://127.0.0.1:4000/',
      });
      const asked = await browser.go(home.href);
      const xsrf = /name="xsrf" value="([^"]+)"/.exec(asked.text)?.[1] ?? '';
      const out = await browser.go(`${identity.issuerUrl}/session/end/confirm`, { xsrf, logout: 'yes' });
      expect(asked.text).toContain('تسجيل الخروج');
      expect(out.url).toBe('http://127.0.0.1:4000/');
      const again = await browser.go(openid.buildAuthorizationUrl(config, await pkce()).href);
      expect(again.text).toContain('mus.distributor');
    });

    it('refuses a client that brings no code challenge', async () => {
      const address = openid.buildAuthorizationUrl(config, { redirect_uri: callback, scope: 'openid' });
      const answer = await new Browser().go(address.href);
      expect(new URL(answer.url).searchParams.get('error')).toBe('invalid_request');
    });

    it('tells a browser without the sign-in’s cookie that it has expired', async () => {
      const shown = await new Browser().go(openid.buildAuthorizationUrl(config, await pkce()).href);
      const stranger = await new Browser().go(shown.url, { username: 'mus.agent', password: 'demo' });
      expect([stranger.status, stranger.text.includes('انتهت')]).toEqual([400, true]);
    });
  });
});

async function pkce(verifier = openid.randomPKCECodeVerifier()): Promise<Record<string, string>> {
  const code_challenge = await openid.calculatePKCECodeChallenge(verifier);
  return {
    redirect_uri: callback,
    scope: 'openid offline_access',
    code_challenge,
    code_challenge_method: 'S256',
  };
}

async function signIn(config: openid.Configuration, browser: Browser, username: string) {
  const verifier = openid.randomPKCECodeVerifier();
  const shown = await browser.go(openid.buildAuthorizationUrl(config, await pkce(verifier)).href);
  const back = await browser.go(shown.url, { username, password: 'demo' });
  return {
    tokens: await openid.authorizationCodeGrant(config, new URL(back.url), { pkceCodeVerifier: verifier }),
  };
}

/** Follows redirects within the issuer, keeps cookies, and stops where a redirect leaves it. */
class Browser {
  private readonly cookies = new Map<string, string>();

  async go(
    address: string,
    form?: Record<string, string>,
  ): Promise<{ url: string; status: number; text: string; policy: string }> {
    let url = address;
    let body = form === undefined ? undefined : new URLSearchParams(form);
    for (let hops = 0; hops < 10; hops += 1) {
      const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const answer = await fetch(url, {
        redirect: 'manual',
        headers: { cookie },
        ...(body === undefined ? {} : { method: 'POST', body }),
      });
      for (const line of answer.headers.getSetCookie()) this.keep(line);
      const location = answer.headers.get('location');
      const text = await answer.text();
      if (location === null)
        return {
          url,
          status: answer.status,
          text,
          policy: answer.headers.get('content-security-policy') ?? '',
        };
      const next = new URL(location, url);
      if (next.origin !== new URL(url).origin)
        return { url: next.href, status: answer.status, text, policy: '' };
      url = next.href;
      body = undefined;
    }
    throw new Error('too many redirects');
  }

  private keep(line: string): void {
    const [pair = ''] = line.split(';');
    const [name = '', value = ''] = pair.split('=');
    if (value === '') this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}
