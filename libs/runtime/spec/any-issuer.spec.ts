import { eventually } from '@balagh/testing';
import { SignJWT, UnsecuredJWT, exportJWK, exportSPKI, generateKeyPair } from 'jose';
import { type Server, createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { IssuerUnavailable, type TokenVerifier, Unauthenticated, createTokenVerifier } from '../src';

const minutes = (n: number): number => Math.floor(Date.now() / 1_000) + n * 60;
const claims = {
  sub: 'a7c1',
  kind: 'staff',
  organisation: 'CITY',
  tenants: ['CITY'],
  roles: ['LINE2', 'offline_access'],
};
type Pair = Awaited<ReturnType<typeof generateKeyPair>>;
interface Key extends Pair {
  readonly kid: string;
  readonly alg: string;
}

/** Some other product's issuer: a path in its name, keys of its own, more in its discovery than we look at. */
class ForeignIssuer {
  url = '';
  keys: Key[] = [];
  /** Requests for the keys. */
  asked = 0;
  discovery: Readonly<Record<string, unknown>> = {};
  /** Answered instead of the keys. */
  keySet: object | undefined;
  private readonly server: Server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    if (request.url === '/realms/city/keys') void this.answerKeys((body) => response.end(body));
    else if (request.url === '/realms/city/.well-known/openid-configuration')
      response.end(
        JSON.stringify({
          issuer: this.url,
          jwks_uri: `${this.url}/keys`,
          scopes_supported: [],
          ...this.discovery,
        }),
      );
    else response.writeHead(404).end('{}');
  });

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/realms/city`;
    return this;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  async addKey(kid: string, alg: string): Promise<Key> {
    const key = { ...(await generateKeyPair(alg, { extractable: true })), kid, alg };
    this.keys.push(key);
    return key;
  }

  token({ kid, alg, privateKey }: Key, more: object = {}, header: object = {}): Promise<string> {
    const payload = { iss: this.url, aud: 'balagh', iat: minutes(0), exp: minutes(5), ...claims, ...more };
    return new SignJWT(payload).setProtectedHeader({ alg, kid, ...header }).sign(privateKey);
  }

  private async answerKeys(end: (body: string) => void): Promise<void> {
    this.asked += 1;
    const keys = this.keys.map(async ({ publicKey, kid, alg }) => ({
      ...(await exportJWK(publicKey)),
      kid,
      alg,
    }));
    end(JSON.stringify(this.keySet ?? { keys: await Promise.all(keys) }));
  }
}

describe('tokens of any issuer', () => {
  let issuer: ForeignIssuer;
  let verifier: TokenVerifier;
  beforeEach(async () => {
    issuer = await new ForeignIssuer().start();
    verifier = createTokenVerifier({
      issuer: issuer.url,
      audience: 'balagh',
      cooldownMs: 0,
      timeoutMs: 1_000,
    });
  });
  afterEach(() => issuer.stop());

  const refused = async (token: string): Promise<void> => {
    await expect(verifier.verify(token)).rejects.toBeInstanceOf(Unauthenticated);
  };

  it.each(['ES256', 'ES384', 'RS256', 'PS256', 'EdDSA'])(
    'signed with %s are taken; roles that are not ours are dropped',
    async (alg) => {
      const key = await issuer.addKey('k1', alg);
      expect(await verifier.verify(await issuer.token(key))).toEqual({
        subject: 'a7c1',
        kind: 'staff',
        organisation: 'CITY',
        tenants: ['CITY'],
        roles: ['LINE2'],
      });
    },
  );

  it('may name us among other audiences', async () => {
    const key = await issuer.addKey('k1', 'ES256');
    expect((await verifier.verify(await issuer.token(key, { aud: ['account', 'balagh'] }))).subject).toBe(
      'a7c1',
    );
  });

  it('are verified while its keys are changed: the new one is fetched once, the old one ends with its removal', async () => {
    const old = await issuer.addKey('k1', 'ES256');
    const before = await issuer.token(old);
    await verifier.verify(before);
    const next = await issuer.addKey('k2', 'ES256');
    await verifier.verify(await issuer.token(next));
    await verifier.verify(before);
    expect(issuer.asked).toBe(2);
    issuer.keys = [next];
    // A key that is not known makes the verifier look again, and then the removed one is gone.
    const stranger = { ...(await generateKeyPair('ES256')), kid: 'k3', alg: 'ES256' };
    await refused(await issuer.token(stranger));
    await refused(before);
    await verifier.verify(await issuer.token(next));
  });

  it('are not verified again for a while, but never beyond their end', async () => {
    const key = await issuer.addKey('k1', 'ES256');
    const token = await issuer.token(key);
    const verified = await verifier.verify(token);
    // The same object: nothing was looked at again.
    expect(await verifier.verify(token)).toBe(verified);
    const impatient = createTokenVerifier({ issuer: issuer.url, audience: 'balagh', keepMs: 0 });
    expect(await impatient.verify(token)).not.toBe(await impatient.verify(token));
    // Ended four seconds ago: within the five by which clocks may differ.
    const ending = await issuer.token(key, { exp: Math.floor(Date.now() / 1_000) - 4 });
    await verifier.verify(ending);
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    await refused(ending);
  });

  it.each<readonly [string, object]>([
    ['for another audience', { aud: 'elsewhere' }],
    ['for no audience', { aud: undefined }],
    ['of another issuer', { iss: 'https://elsewhere.example' }],
    ['of the issuer with another ending', { iss: 'http://127.0.0.1/realms/city/' }],
    ['that have expired', { exp: minutes(-1) }],
    ['that never expire', { exp: undefined }],
    ['that are not valid yet', { nbf: minutes(2) }],
    ['of nobody', { sub: undefined }],
    ['with an empty name', { sub: '' }],
    ['of no organisation', { organisation: undefined }],
    ['whose tenants are no list', { tenants: 'CITY' }],
    ['whose roles are no list', { roles: 'LINE2' }],
    ['of an agency without its code', { kind: 'partner' }],
    ['of another kind', { kind: 'root' }],
  ])('%s are refused', async (_what, change) => {
    const key = await issuer.addKey('k1', 'ES256');
    await refused(await issuer.token(key, change));
  });

  it('without a signature, or signed with the public key as a secret, are refused', async () => {
    const key = await issuer.addKey('k1', 'RS256');
    const payload = { iss: issuer.url, aud: 'balagh', exp: minutes(5), ...claims };
    await refused(new UnsecuredJWT(payload).encode());
    const secret = new TextEncoder().encode(await exportSPKI(key.publicKey));
    for (const header of [{ alg: 'HS256', kid: 'k1' }, { alg: 'HS256' }])
      await refused(await new SignJWT(payload).setProtectedHeader(header).sign(secret));
    const [head = '', body = ''] = (await issuer.token(key)).split('.');
    await refused(`${head}.${body}.`);
    await refused(`${head}.${body}`);
  });

  it('that bring their own key, or say where it is, are refused', async () => {
    await issuer.addKey('k1', 'ES256');
    const own = { ...(await generateKeyPair('ES256', { extractable: true })), kid: 'k1', alg: 'ES256' };
    const jwk = await exportJWK(own.publicKey);
    await refused(await issuer.token(own, {}, { jwk }));
    await refused(await issuer.token(own, {}, { jku: 'http://127.0.0.1:1/keys' }));
    await refused(await issuer.token(own, {}, { x5u: 'http://127.0.0.1:1/cert', kid: '../../k1' }));
  });

  it.each(['', 'a', 'a.b', 'a.b.c', 'a.b.c.d.e', `${'x'.repeat(7_000)}.y.z`])(
    'that are none (%#) are refused',
    refusedText,
  );
  async function refusedText(text: string): Promise<void> {
    await issuer.addKey('k1', 'ES256');
    await refused(text);
  }

  it('cannot be judged while the issuer is away; that is no refusal, and passes', async () => {
    const key = await issuer.addKey('k1', 'ES256');
    const token = await issuer.token(key);
    issuer.discovery = { issuer: 'https://elsewhere.example' };
    await expect(verifier.verify(token)).rejects.toBeInstanceOf(IssuerUnavailable);
    issuer.discovery = {};
    expect((await verifier.verify(token)).subject).toBe('a7c1');
  });

  describe('after the keys were fetched', () => {
    const inMinutes = (n: number): void => {
      const then = Date.now() + n * 60_000;
      jest.spyOn(Date, 'now').mockImplementation(() => then);
    };
    afterEach(() => jest.restoreAllMocks());

    const lasting = { exp: minutes(60) };

    it('cannot be judged when their ten minutes have passed and the issuer is away; that is no refusal', async () => {
      const key = await issuer.addKey('k1', 'ES256');
      const token = await issuer.token(key, lasting);
      await verifier.verify(token);
      issuer.stop();
      inMinutes(11);
      await expect(verifier.verify(token)).rejects.toBeInstanceOf(IssuerUnavailable);
    });

    it('cannot be judged by a set of keys that is none', async () => {
      const key = await issuer.addKey('k1', 'ES256');
      const token = await issuer.token(key, lasting);
      await verifier.verify(token);
      issuer.keySet = { error: 'maintenance' };
      inMinutes(11);
      await expect(verifier.verify(token)).rejects.toBeInstanceOf(IssuerUnavailable);
    });

    it('are verified by them until then, the issuer being away', async () => {
      const key = await issuer.addKey('k1', 'ES256');
      const token = await issuer.token(key, lasting);
      await verifier.verify(token);
      issuer.stop();
      inMinutes(9);
      expect((await verifier.verify(token)).subject).toBe('a7c1');
    });

    it('are verified by fresh ones from half of that time on: a removed key ends, and its successor need not be waited for', async () => {
      const key = await issuer.addKey('k1', 'ES256');
      const token = await issuer.token(key, lasting);
      await verifier.verify(token);
      issuer.keys = [];
      inMinutes(6);
      await verifier.verify(token);
      await eventually(() => issuer.asked === 2);
      await eventually(() => verifier.verify(token).then(() => false, isRefusal));
    });
  });
  const isRefusal = (error: unknown): boolean => error instanceof Unauthenticated;

  it('of an issuer for demonstrations are worth nothing in production', async () => {
    const key = await issuer.addKey('k1', 'ES256');
    issuer.discovery = { balagh_demonstration: true };
    const token = await issuer.token(key);
    const options = { issuer: issuer.url, audience: 'balagh' };
    const inProduction = createTokenVerifier({ ...options, refuseDemonstrations: true });
    await expect(inProduction.verify(token)).rejects.toBeInstanceOf(IssuerUnavailable);
    expect((await createTokenVerifier(options).verify(token)).subject).toBe('a7c1');
  });
});
