import { noteActs } from './acts';
import { Problem, problemFrom } from './problem';
import {
  type CaseListPage,
  type CasePage,
  type CommandAnswer,
  type Me,
  type Profile,
  type Queue,
} from './types';

const acts = noteActs(window);
const readDeadlineMs = 20_000;
const writeDeadlineMs = 45_000;

async function answer<T>(path: string, init: RequestInit, deadlineMs: number): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      ...init,
      credentials: 'same-origin',
      signal: AbortSignal.timeout(deadlineMs),
    });
  } catch {
    throw new Problem(0, 'NETWORK_UNREACHABLE');
  }
  if (!response.ok) throw await problemFrom(response);
  return (await response.json()) as T;
}

const read = <T>(path: string): Promise<T> =>
  answer<T>(path, { headers: { accept: 'application/json', ...acts.reading() } }, readDeadlineMs);

/** The header proves that our own page asks; the key makes a repeat harmless. */
const writeHeaders = (key: string): Record<string, string> => ({
  'x-balagh-console': '1',
  ...acts.command(),
  'idempotency-key': key,
});

function write<T>(path: string, key: string, body: object): Promise<T> {
  const headers = { ...writeHeaders(key), 'content-type': 'application/json' };
  return answer<T>(path, { method: 'POST', headers, body: JSON.stringify(body) }, writeDeadlineMs);
}

export interface ListQuery {
  readonly queue: Queue;
  readonly stage?: string;
  readonly category?: string;
  readonly text?: string;
  readonly overdue?: boolean;
  readonly sort: 'age' | 'newest' | 'due';
  readonly page: number;
}

const at = (tenant: string): string => `/api/tenants/${encodeURIComponent(tenant)}`;

export const api = {
  me: () => read<Me>('/api/me'),
  profile: (tenant: string) => read<Profile>(`${at(tenant)}/profile`),
  counts: (tenant: string) => read<Partial<Record<Queue, number>>>(`${at(tenant)}/counts`),
  cases: (tenant: string, query: ListQuery) => {
    const given = Object.entries(query).filter(
      ([, value]) => value !== undefined && value !== '' && value !== false,
    );
    return read<CaseListPage>(
      `${at(tenant)}/cases?${new URLSearchParams(given.map(([k, v]) => [k, String(v)])).toString()}`,
    );
  },
  case: (tenant: string, id: string) => read<CasePage>(`${at(tenant)}/cases/${encodeURIComponent(id)}`),
  open: (tenant: string, key: string, body: { channel: string; contactReference?: string }) =>
    write<CommandAnswer>(`${at(tenant)}/cases`, key, body),
  act: (
    tenant: string,
    key: string,
    act: { caseId: string; action: string; decisionVersion: number; answers: object },
  ) =>
    write<CommandAnswer>(`${at(tenant)}/cases/${act.caseId}/actions/${act.action}`, key, {
      decisionVersion: act.decisionVersion,
      answers: act.answers,
    }),
  attach: (
    tenant: string,
    key: string,
    evidence: { caseId: string; kind: string; decisionVersion: number; file: File },
  ) => {
    const body = new FormData();
    body.set('kind', evidence.kind);
    body.set('decisionVersion', String(evidence.decisionVersion));
    body.set('file', evidence.file);
    return answer<CommandAnswer>(
      `${at(tenant)}/cases/${evidence.caseId}/attachments`,
      { method: 'POST', headers: writeHeaders(key), body },
      writeDeadlineMs,
    );
  },
  signOut: () => write<{ location: string }>('/auth/sign-out', newKey(), {}),
};

export const liveAddress = (tenant: string): string => `${at(tenant)}/events`;

/** A command id. `crypto.randomUUID` exists only where the page came over https or from localhost. */
export function newKey(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
