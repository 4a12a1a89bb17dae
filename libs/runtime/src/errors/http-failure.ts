import { type Failure, failureTable } from './failure';

/** RFC 9457 problem details; `code` is stable, the members of the rejection's details stand beside it. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly [member: string]: unknown;
}

export const problemMediaType = 'application/problem+json';
const reserved = new Set(['type', 'title', 'status', 'code', 'detail', 'instance']);

export function problemOf(failure: Failure): Problem {
  const { http, title } = failureTable[failure.kind];
  const members = Object.entries(failure.details).filter(([name]) => !reserved.has(name));
  return {
    type: `urn:balagh:problem:${failure.code.toLowerCase().replaceAll('_', '-')}`,
    title,
    status: failure.httpStatus ?? http,
    code: failure.code,
    ...Object.fromEntries(members),
  };
}
