import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { api } from '../api/client';
import { type Problem, problemOf } from '../api/problem';
import { type Me, type Profile } from '../api/types';

export function useMe() {
  return useQuery<Me, Problem>({ queryKey: ['me'], queryFn: api.me, staleTime: 5 * 60_000 });
}

/** Reads again each minute, but not for somebody who is signed out. */
export const everyMinute = ({ state }: { state: { error: unknown } }): number | false =>
  problemOf(state.error).status === 401 ? false : 60_000;

/** The organisation of the present address. */
export function useTenant(): string {
  return useParams()['tenant'] ?? '';
}

export function useProfile(tenant: string) {
  return useQuery<Profile, Problem>({
    queryKey: ['profile', tenant],
    queryFn: () => api.profile(tenant),
    staleTime: 5 * 60_000,
    enabled: tenant !== '',
  });
}

const storageKey = 'balagh.tenant';

/** The organisation this browser worked in last, if the account still has it. */
export function keptTenant(me: Me): string | undefined {
  const codes = me.tenants.map((tenant) => tenant.code);
  try {
    const kept = localStorage.getItem(storageKey);
    if (kept !== null && codes.includes(kept)) return kept;
  } catch {
    // Private windows may refuse.
  }
  return codes[0];
}

export function keepTenant(tenant: string): void {
  try {
    localStorage.setItem(storageKey, tenant);
  } catch {
    // As above.
  }
}
