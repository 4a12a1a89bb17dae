import { type Profile, parseProfile } from '@balagh/profile';
import { profileFixture } from '@balagh/testing';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadAccounts } from '../src/accounts';

const accounts = loadAccounts();
const tenants = ['MUS', 'TOURISM', 'QAT-MME', 'KWT-MOCI', 'KWT-PAMA'];

describe('demonstration accounts', () => {
  it('belong to parties and agencies that the profiles of their tenants know', () => {
    const profiles = new Map(tenants.map((tenant) => [tenant, parseProfile(profileFixture(tenant))]));
    const strangers = [...accounts.staff, ...accounts.partners].filter(({ claims }) => {
      const held = (claims['tenants'] as readonly string[]).map((tenant) => profiles.get(tenant));
      const known = new Set(held.flatMap((profile) => (profile === undefined ? [] : addressesOf(profile))));
      const party = claims['party'] ?? claims['agency'];
      const address =
        claims['section'] === undefined ? party : `${String(party)}/${String(claims['section'])}`;
      return held.includes(undefined) || (address !== undefined && !known.has(address as string));
    });
    expect(strangers.map(({ username }) => username)).toEqual([]);
  });

  it('give every tenant an agent or host, a second line, a third line and an auditor', () => {
    const rolesIn = (tenant: string) =>
      new Set(
        accounts.staff
          .filter(({ claims }) => (claims['tenants'] as string[]).includes(tenant))
          .flatMap(({ claims }) => claims['roles'] as string[]),
      );
    for (const tenant of tenants) {
      expect([
        tenant,
        ...['LINE1', 'LINE2', 'LINE3', 'AUDITOR'].filter((role) => !rolesIn(tenant).has(role)),
      ]).toEqual([tenant]);
    }
  });

  it('give no account two of the three lines', () => {
    const lines = ['LINE1', 'LINE2', 'LINE3'];
    const held = accounts.staff.map(
      ({ claims }) => (claims['roles'] as string[]).filter((role) => lines.includes(role)).length,
    );
    expect(Math.max(...held)).toBe(1);
  });

  it.each([
    ['a role that does not exist', { roles: ['CAPTAIN'] }],
    ['a partner without an agency', { kind: 'partner' }],
    ['no tenants', { tenants: undefined }],
  ])('are refused with %s', (_what, change) => {
    const path = join(mkdtempSync(join(tmpdir(), 'balagh-accounts-')), 'accounts.json');
    const account = {
      username: 'x',
      kind: 'staff',
      organisation: 'MUS',
      tenants: ['MUS'],
      roles: ['LINE1'],
      title: { ar: 'س', en: 'x' },
      ...change,
    };
    writeFileSync(path, JSON.stringify({ password: 'demo', accounts: [account] }));
    expect(() => loadAccounts(path)).toThrow();
    rmSync(dirname(path), { recursive: true });
  });
});

/** Codes of a profile's parties, and `directorate/section`. */
function addressesOf(profile: Profile): string[] {
  const sections = profile.directorates.flatMap(({ code, sections }) =>
    sections.map((section) => `${code}/${section.code}`),
  );
  return [
    ...sections,
    ...[...profile.directorates, ...profile.units, ...profile.agencies].map(({ code }) => code),
  ];
}
