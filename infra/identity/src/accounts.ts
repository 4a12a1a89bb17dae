import { type Role, principalOfClaims, roles } from '@balagh/runtime';
import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** An invented account of the demonstration; partners are machines and sign in as OAuth clients. */
export interface DemoAccount {
  readonly username: string;
  readonly title: { readonly ar: string; readonly en: string };
  /** What its access tokens say, besides `sub`. */
  readonly claims: Readonly<Record<string, unknown>> & { readonly kind: 'staff' | 'partner' };
}

export interface DemoAccounts {
  readonly staff: readonly DemoAccount[];
  readonly partners: readonly DemoAccount[];
  /** One for all; it protects nothing and is shown on the sign-in page. */
  readonly password: string;
  find(username: string): DemoAccount | undefined;
  /** The account when the password fits; compared in constant time. */
  check(username: string, password: string): DemoAccount | undefined;
}

const file = join(__dirname, '../accounts.json');

/** @throws TypeError naming the account that a token verifier would not accept */
export function loadAccounts(path = file): DemoAccounts {
  const { password, accounts } = JSON.parse(readFileSync(path, 'utf8')) as {
    password: string;
    accounts: AccountLine[];
  };
  const all = accounts.map(accountOf);
  const byName = new Map(all.map((account) => [account.username, account]));
  if (byName.size !== all.length) throw new TypeError('two accounts have the same name');
  const expected = digest(password);
  return {
    password,
    staff: all.filter(({ claims }) => claims.kind === 'staff'),
    partners: all.filter(({ claims }) => claims.kind === 'partner'),
    find: (username) => byName.get(username),
    check: (username, given) => (timingSafeEqual(digest(given), expected) ? byName.get(username) : undefined),
  };
}

interface AccountLine {
  readonly username: string;
  readonly title: { readonly ar: string; readonly en: string };
  readonly kind: 'staff' | 'partner';
  readonly roles: readonly string[];
  readonly [claim: string]: unknown;
}

function accountOf({ username, title, ...claims }: AccountLine): DemoAccount {
  const unknown = claims.roles.find((role) => !roles.includes(role as Role));
  if (unknown !== undefined) throw new TypeError(`account ${username} has the unknown role ${unknown}`);
  principalOfClaims({ sub: username, ...claims });
  return { username, title, claims };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}
