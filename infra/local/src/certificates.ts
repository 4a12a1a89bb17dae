import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import { X509Certificate as NodeCertificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';

/** Files of the agencies' entrance: made at first start, kept in the data directory, for demonstrations only. */
export interface PartnerTls {
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
  readonly identitiesFile: string;
  /** Agency code → its client certificate and key. */
  readonly agencies: Readonly<Record<string, { readonly certFile: string; readonly keyFile: string }>>;
}

export interface PartnerAgency {
  readonly code: string;
  readonly tenants: readonly string[];
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const dayMs = 86_400_000;
/** Certificates are made anew when fewer days than this are left of theirs. */
const renewedBeforeDays = 30;
export const trustDomain = 'balagh.demo';

export const spiffeIdOf = (agency: string): string => `spiffe://${trustDomain}/agency/${agency}`;

interface Authority {
  readonly certificate: x509.X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
}

/**
 * A development authority, a server certificate for loopback and one client certificate for each agency, with the list that maps
 * certificates to agencies. What is there and lasts is kept; when the authority or an agency is new, all are made again.
 */
export async function preparePartnerTls(
  dir: string,
  agencies: readonly PartnerAgency[],
  now = new Date(),
): Promise<PartnerTls> {
  const files = filesOf(dir, agencies);
  if (isUsable(files, now)) return files;
  x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0]);
  mkdirSync(join(dir, 'agencies'), { recursive: true, mode: 0o700 });
  const authority = await newAuthority(now);
  writeFileSync(files.caFile, authority.certificate.toString('pem'));
  await issue(authority, now, files, {
    name: 'Balagh demo server',
    usage: x509.ExtendedKeyUsage.serverAuth,
    names: [
      { type: 'dns', value: 'localhost' },
      { type: 'ip', value: '127.0.0.1' },
    ],
  });
  for (const { code } of agencies) {
    const target = files.agencies[code];
    if (target !== undefined)
      await issue(authority, now, target, {
        name: code,
        usage: x509.ExtendedKeyUsage.clientAuth,
        names: [{ type: 'url', value: spiffeIdOf(code) }],
      });
  }
  const identities = agencies.map(({ code, tenants }) => ({
    certificate: spiffeIdOf(code),
    agency: code,
    tenants,
  }));
  writeFileSync(files.identitiesFile, JSON.stringify({ identities }, null, 2));
  return files;
}

function filesOf(dir: string, agencies: readonly PartnerAgency[]): PartnerTls {
  const pair = (name: string): { certFile: string; keyFile: string } => ({
    certFile: join(dir, `${name}.pem`),
    keyFile: join(dir, `${name}.key`),
  });
  return {
    caFile: join(dir, 'ca.pem'),
    ...pair('server'),
    identitiesFile: join(dir, 'identities.json'),
    agencies: Object.fromEntries(
      agencies.map(({ code }) => [code, pair(join('agencies', code.toLowerCase().replaceAll('_', '-')))]),
    ),
  };
}

function isUsable(files: PartnerTls, now: Date): boolean {
  const pairs = [files, ...Object.values(files.agencies)];
  const all = [
    files.caFile,
    files.identitiesFile,
    ...pairs.flatMap(({ certFile, keyFile }) => [certFile, keyFile]),
  ];
  if (!all.every((file) => existsSync(file))) return false;
  return pairs.every(
    ({ certFile }) =>
      Date.parse(new NodeCertificate(readFileSync(certFile)).validTo) - now.getTime() >
      renewedBeforeDays * dayMs,
  );
}

async function newAuthority(now: Date): Promise<Authority> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: 'CN=Balagh demo authority',
    notBefore: new Date(now.getTime() - 3_600_000),
    notAfter: new Date(now.getTime() + 3_650 * dayMs),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate, keys };
}

interface Leaf {
  readonly name: string;
  readonly usage: x509.ExtendedKeyUsage;
  readonly names: x509.JsonGeneralNames;
}

async function issue(
  authority: Authority,
  now: Date,
  target: { readonly certFile: string; readonly keyFile: string },
  leaf: Leaf,
): Promise<void> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: `CN=${leaf.name}`,
    issuer: authority.certificate.subject,
    notBefore: new Date(now.getTime() - 3_600_000),
    notAfter: new Date(now.getTime() + 397 * dayMs),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey: authority.keys.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([leaf.usage]),
      new x509.SubjectAlternativeNameExtension(leaf.names),
      await x509.AuthorityKeyIdentifierExtension.create(authority.keys.publicKey),
    ],
  });
  const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  const pem = `-----BEGIN PRIVATE KEY-----\n${(key.match(/.{1,64}/g) ?? []).join('\n')}\n-----END PRIVATE KEY-----\n`;
  writeFileSync(target.keyFile, pem, { mode: 0o600 });
  writeFileSync(target.certFile, certificate.toString('pem'));
}

/** Positive and 127 bits long. */
function serial(): string {
  const bytes = randomBytes(16);
  bytes.writeUInt8((bytes.readUInt8(0) & 0x7f) | 0x40, 0);
  return bytes.toString('hex');
}
