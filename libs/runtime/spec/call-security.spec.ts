import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  Client,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  credentials,
  type sendUnaryData,
} from '@grpc/grpc-js';
import * as x509 from '@peculiar/x509';
import { callSecurityOf } from '../src/access/call-security';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** Its own authority: the server lists both. */
async function selfSigned(name: string): Promise<{ certificate: Buffer; key: Buffer }> {
  x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0]);
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    signingAlgorithm: algorithm,
    keys,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }])],
  });
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    certificate: Buffer.from(`${certificate.toString('pem')}\n`),
    key: Buffer.from(x509.PemConverter.encode(key, 'PRIVATE KEY')),
  };
}

const asItIs = (bytes: Buffer): Buffer => bytes;

describe('what a connection has proved', () => {
  const clients: Client[] = [];
  const server = new Server();
  const taken: string[] = [];
  let connect: (name: 'water' | 'telecom') => Client;

  beforeAll(async () => {
    const [own, water, telecom] = [
      await selfSigned('server'),
      await selfSigned('water'),
      await selfSigned('telecom'),
    ];
    const answer = (call: ServerUnaryCall<Buffer, Buffer>, reply: sendUnaryData<Buffer>): void => {
      const asked = call.getAuthContext.bind(call);
      call.getAuthContext = () => {
        const given = asked();
        taken.push(given.sslPeerCertificate?.subject.CN as string);
        return given;
      };
      const said = callSecurityOf([undefined, {}, call]);
      reply(null, Buffer.from(`${said?.transportSecurityType} ${said?.sslPeerCertificate?.subject.CN}`));
    };
    const unary = { requestStream: false, responseStream: false } as const;
    const coding = {
      requestSerialize: asItIs,
      requestDeserialize: asItIs,
      responseSerialize: asItIs,
      responseDeserialize: asItIs,
    };
    server.addService({ who: { path: '/spec/Who', ...unary, ...coding } }, { who: answer });
    const roots = Buffer.concat([water.certificate, telecom.certificate]);
    const pair = { private_key: own.key, cert_chain: own.certificate };
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync('127.0.0.1:0', ServerCredentials.createSsl(roots, [pair], true), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      ),
    );
    connect = (name) => {
      const { certificate, key } = { water, telecom }[name];
      const channel = credentials.createSsl(own.certificate, key, certificate);
      const client = new Client(`127.0.0.1:${port}`, channel, {
        'grpc.ssl_target_name_override': 'localhost',
        'grpc.use_local_subchannel_pool': 1,
      });
      clients.push(client);
      return client;
    };
  });
  afterAll(() => {
    for (const client of clients) client.close();
    server.forceShutdown();
  });

  const ask = (client: Client): Promise<string> =>
    new Promise((resolve, reject) =>
      client.makeUnaryRequest('/spec/Who', asItIs, asItIs, Buffer.from('?'), (error, answer) =>
        error === null ? resolve(String(answer)) : reject(error),
      ),
    );

  it('is who called, however often and whoever else calls, and is taken apart once for each connection', async () => {
    const [water, telecom] = [connect('water'), connect('telecom')];
    for (let i = 0; i < 3; i += 1) {
      expect(await ask(water)).toBe('ssl water');
      expect(await ask(telecom)).toBe('ssl telecom');
    }
    expect(taken).toEqual(['water', 'telecom']);
    expect(await ask(connect('water'))).toBe('ssl water');
    expect(taken).toEqual(['water', 'telecom', 'water']);
  });

  it('is asked of the call itself where its connection cannot be seen, and of nobody where there is no call', () => {
    const security = { transportSecurityType: 'ssl' };
    expect(callSecurityOf([{ getAuthContext: () => security }])).toBe(security);
    expect(callSecurityOf([{ getAuthContext: () => ({}), stream: { session: {} } }])).toEqual({});
    expect(callSecurityOf([null, 'text', {}])).toBeUndefined();
  });
});
