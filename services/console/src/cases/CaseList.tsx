import { Pagination, Skeleton } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api } from '../api/client';
import { type Problem } from '../api/problem';
import { type CaseListPage, type Me, type Queue } from '../api/types';
import { useLanguage } from '../i18n/use-language';
import { everyMinute, useProfile, useTenant } from '../session/use-session';
import { ProblemNotice } from '../text/ProblemNotice';
import { useWords } from '../text/names';
import { CaseEmpty } from './CaseEmpty';
import { CaseFilters } from './CaseFilters';
import { CaseRows } from './CaseRows';
import { addressOf, useListState } from './list-state';

/** One work list (MUS-48): status, age, owner, due; oldest first where people wait for an act. */
export function CaseList({ queue, me }: { queue: Queue; me: Me }) {
  const { t } = useLanguage();
  const tenant = useTenant();
  const profile = useProfile(tenant);
  const words = useWords(profile.data);
  const state = useListState(queue);
  const cases = useQuery<CaseListPage, Problem>({
    queryKey: ['cases', tenant, state.query],
    queryFn: () => api.cases(tenant, state.query),
    placeholderData: keepPreviousData,
    refetchInterval: everyMinute,
  });
  const pages = cases.data === undefined ? 1 : Math.max(1, Math.ceil(cases.data.total / cases.data.pageSize));
  // An old address, or cases that have left the list since: the last page there is, instead of an empty one.
  const behind = cases.data !== undefined && !cases.isPlaceholderData && state.query.page > pages;
  useEffect(() => {
    if (behind) state.correctPage(pages);
  }, [behind, pages, state]);
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t(`queues.${queue}`)}</h1>
        <p>{t(`queueHints.${queue}`)}</p>
      </header>
      <CaseFilters queue={queue} profile={profile.data} state={state} />
      <p className="total" role="status" aria-live="polite">
        {cases.data === undefined
          ? ' '
          : t(cases.data.more ? 'list.more' : 'list.total', { count: cases.data.total })}
      </p>
      {cases.error === null ? null : (
        <ProblemNotice problem={cases.error} retry={() => void cases.refetch()} />
      )}
      {cases.isPending ? <Waiting /> : null}
      {cases.data?.rows.length === 0 ? (
        <CaseEmpty
          queue={queue}
          tenant={tenant}
          mayOpenPage={me.may.includes('case.open')}
          filtered={state.filtered}
          clear={state.clear}
        />
      ) : null}
      {cases.data !== undefined && cases.data.rows.length > 0 ? (
        <CaseRows rows={cases.data.rows} tenant={tenant} profile={profile.data} words={words} />
      ) : null}
      {pages > 1 ? (
        <nav className="pages" aria-label={t('list.pages')}>
          <Pagination
            total={pages}
            value={state.query.page}
            onChange={(page) => state.set({ page: addressOf(page) })}
            getItemProps={(page) => ({ 'aria-label': t('list.page', { page }) })}
            getControlProps={(control) => ({
              'aria-label': t(
                control === 'previous' || control === 'first' ? 'list.previousPage' : 'list.nextPage',
              ),
            })}
          />
        </nav>
      ) : null}
    </div>
  );
}

/** As tall as the rows that will come: nothing jumps. */
function Waiting() {
  const { t } = useLanguage();
  return (
    <div className="waiting" role="status" aria-label={t('list.loading')}>
      {Array.from({ length: 7 }, (_, i) => (
        <Skeleton key={i} height={66} radius="md" />
      ))}
    </div>
  );
}
