import { useSearchParams } from 'react-router';
import { type ListQuery } from '../api/client';
import { type Queue } from '../api/types';

/** The conditions of a list live in its address, so that going back and reloading keep them. Nothing personal is in them. */
export interface ListState {
  readonly query: ListQuery;
  readonly filtered: boolean;
  set(changes: Readonly<Record<string, string | undefined>>): void;
  clear(): void;
  /** Puts another page in the place of the one asked for, so that going back does not lead to it again. */
  correctPage(page: number): void;
}

/** The service lists 10,000 cases, 25 a page, and refuses what lies behind. */
const mostPages = 400;

const sorts = ['age', 'newest', 'due'] as const;

export function useListState(queue: Queue): ListState {
  const [params, setParams] = useSearchParams();
  const given = (name: string): Record<string, string> => {
    const value = params.get(name);
    return value === null || value === '' ? {} : { [name]: value };
  };
  const usual = queue === 'all' || queue === 'line1' ? 'newest' : 'age';
  const query: ListQuery = {
    queue,
    ...given('stage'),
    ...given('category'),
    ...given('text'),
    ...(params.get('overdue') === 'true' ? { overdue: true } : {}),
    sort: sorts.find((sort) => sort === params.get('sort')) ?? usual,
    page: Math.min(mostPages, Math.max(1, Number.parseInt(params.get('page') ?? '1', 10) || 1)),
  };
  const changed = (changes: Readonly<Record<string, string | undefined>>): URLSearchParams => {
    const next = new URLSearchParams(params);
    if (!('page' in changes)) next.delete('page');
    for (const [name, value] of Object.entries(changes)) {
      if (value === undefined || value === '') next.delete(name);
      else next.set(name, value);
    }
    return next;
  };
  return {
    query,
    filtered: ['stage', 'category', 'text', 'overdue'].some((name) => params.has(name)),
    set: (changes) => setParams(changed(changes)),
    clear: () => setParams(new URLSearchParams()),
    correctPage: (page) => setParams(changed({ page: addressOf(page) }), { replace: true }),
  };
}

/** The first page needs no number. */
export function addressOf(page: number): string | undefined {
  return page === 1 ? undefined : String(page);
}
