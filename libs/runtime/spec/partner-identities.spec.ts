import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PeerCertificate } from 'node:tls';
import { AccessDenied, Unauthenticated, authorise, createPartnerIdentities, manualClock } from '../src';

const fingerprint = Array.from({ length: 32 }, () => 'AB').join(':');
const certificate = (change: Partial<PeerCertificate> = {}): PeerCertificate =>
  ({
    subjectaltname: 'DNS:partner.example, URI:spiffe://example.org/agency/WATER',
    fingerprint256: fingerprint,
    valid_from: 'Jan  1 00:00:00 2026 GMT',
    valid_to: 'Jan  1 00:00:00 2027 GMT',
    ...change,
  }) as PeerCertificate;
const water = { certificate: 'spiffe://example.org/agency/WATER', agency: 'WATER', tenants: ['MUS'] };

describe('who an agency’s certificate stands for', () => {
  const clock = manualClock('2026-06-01T00:00:00.000Z');
  const dir = mkdtempSync(join(tmpdir(), 'identities-'));
  const file = join(dir, 'identities.json');
  let version = 0;
  const list = (...identities: readonly object[]): void => {
    writeFileSync(file, JSON.stringify({ identities }));
    // Two writes within a tick of the file system's clock must look different.
    utimesSync(file, new Date(), new Date(1_000_000_000_000 + (version += 1) * 1_000));
  };
  beforeEach(() => {
    clock.set('2026-06-01T00:00:00.000Z');
    list(water);
  });
  afterAll(() => rmSync(dir, { recursive: true }));
  const unknown = expect.objectContaining({ code: 'CERTIFICATE_UNKNOWN' }) as Error;

  it('is the agency of its SPIFFE id, in the organisations listed, with the role of partners', () => {
    expect(createPartnerIdentities(file, clock).principalOf(certificate())).toEqual({
      subject: 'agency.water',
      kind: 'partner',
      organisation: 'WATER',
      tenants: ['MUS'],
      roles: ['PARTNER'],
      agency: 'WATER',
    });
  });

  it('is the agency of its fingerprint, which goes before the name', () => {
    list(water, { certificate: `sha256:${fingerprint}`, agency: 'WATER-TEST', tenants: ['MUS'] });
    expect(createPartnerIdentities(file, clock).principalOf(certificate()).agency).toBe('WATER-TEST');
  });

  it.each([
    ['no certificate', undefined],
    ['a name that is not listed', certificate({ subjectaltname: 'URI:spiffe://example.org/agency/OTHER' })],
    [
      'a name that only begins like a listed one',
      certificate({ subjectaltname: 'URI:spiffe://example.org/agency/WATER2' }),
    ],
    [
      'a listed name in a DNS entry',
      certificate({ subjectaltname: 'DNS:spiffe://example.org/agency/WATER' }),
    ],
    ['no names', certificate({ subjectaltname: undefined as unknown as string })],
    ['a certificate that has ended', certificate({ valid_to: 'May 31 23:59:59 2026 GMT' })],
    ['a certificate that has not begun', certificate({ valid_from: 'Jun  2 00:00:00 2026 GMT' })],
  ])('is nobody: %s', (_what, given) => {
    const identities = createPartnerIdentities(file, clock);
    expect(() => identities.principalOf(given)).toThrow(Unauthenticated);
    expect(() => identities.principalOf(given)).toThrow(unknown);
  });

  it('may do of an agency’s acts only those in its scopes', () => {
    list({ ...water, scopes: ['transfer.view'] });
    const principal = createPartnerIdentities(file, clock).principalOf(certificate());
    expect(() => authorise(principal, 'transfer.view', 'MUS')).not.toThrow();
    expect(() => authorise(principal, 'case.resolve', 'MUS')).toThrow(AccessDenied);
  });

  it('cannot be given a right that agencies do not have', () => {
    list({ ...water, scopes: ['case.close'] });
    expect(() => createPartnerIdentities(file, clock)).toThrow();
  });

  it('is shut out two seconds after its line is gone; a broken file changes nothing', () => {
    const identities = createPartnerIdentities(file, clock);
    list();
    expect(identities.principalOf(certificate()).agency).toBe('WATER');
    clock.advance(2_000);
    expect(() => identities.principalOf(certificate())).toThrow(unknown);
    list(water);
    clock.advance(2_000);
    expect(identities.principalOf(certificate()).agency).toBe('WATER');
    writeFileSync(file, '{"identities": [');
    clock.advance(2_000);
    expect(identities.principalOf(certificate()).agency).toBe('WATER');
  });
});
