import { type Names } from './types';

/** RFC 9457 problem details as the back office answers them; `code` is stable. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly members: Readonly<Record<string, unknown>> = {},
  ) {
    super(code);
    this.name = 'Problem';
  }

  /** Nothing is known to have happened, or the service asked to come back: the same command may be sent again. */
  get mayBeRepeated(): boolean {
    return (
      this.status === 0 ||
      this.status === 429 ||
      this.status === 502 ||
      this.status === 503 ||
      this.status === 504
    );
  }
}

export function problemOf(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem(0, 'NETWORK_UNREACHABLE');
}

export async function problemFrom(response: Response): Promise<Problem> {
  try {
    const body: unknown = await response.json();
    if (body !== null && typeof body === 'object' && 'code' in body && typeof body.code === 'string') {
      return new Problem(response.status, body.code, body as Record<string, unknown>);
    }
  } catch {
    // Not JSON: a proxy in between answered.
  }
  return new Problem(response.status, `HTTP_${response.status}`);
}

/** The missing fields that a refused registration lists, by field, in both languages (KWT-11). */
export function missingOf(problem: Problem): ReadonlyMap<string, Names> {
  const fields = listOf(problem.members['fields']);
  const ar = listOf(problem.members['missing_ar']);
  const en = listOf(problem.members['missing_en']);
  return new Map(fields.map((field, i) => [field, { ar: ar[i] ?? field, en: en[i] ?? field }]));
}

function listOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.map(String);
  return typeof value === 'string' && value !== '' ? value.split(/[,،]/).map((part) => part.trim()) : [];
}
