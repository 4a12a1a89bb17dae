import { Alert, Skeleton } from '@mantine/core';
import { IconFileOff, IconRefreshAlert } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useParams } from 'react-router';
import { api } from '../api/client';
import { type Problem } from '../api/problem';
import { type CasePage, type Me } from '../api/types';
import { useLanguage } from '../i18n/use-language';
import { everyMinute, useProfile, useTenant } from '../session/use-session';
import { EmptyState } from '../text/EmptyState';
import { ProblemNotice } from '../text/ProblemNotice';
import { useWords } from '../text/names';
import { CaseActions } from './CaseActions';
import { CaseAttachments } from './CaseAttachments';
import { CaseForm } from './CaseForm';
import { CaseFormData } from './CaseFormData';
import { CaseHead } from './CaseHead';
import { CaseMessages } from './CaseMessages';
import { CaseTimeline } from './CaseTimeline';
import { JustRegistered } from './JustRegistered';

/** One case: what it is, what may be done next, what was said, what happened. */
export function CaseShow({ me }: { me: Me }) {
  const tenant = useTenant();
  const id = useParams()['id'] ?? '';
  const page = useQuery<CasePage, Problem>({
    queryKey: ['case', tenant, id],
    queryFn: () => api.case(tenant, id),
    refetchInterval: everyMinute,
  });
  const { t } = useLanguage();
  if (page.error?.status === 404) {
    return (
      <EmptyState icon={<IconFileOff size={40} />} title={t('case.notFound')} hint={t('case.notFoundHint')} />
    );
  }
  if (page.data === undefined) {
    return (
      <div className="page">
        {page.error === null ? (
          <Waiting />
        ) : (
          <ProblemNotice problem={page.error} retry={() => void page.refetch()} />
        )}
      </div>
    );
  }
  return <Loaded key={id} page={page.data} me={me} />;
}

function Loaded({ page, me }: { page: CasePage; me: Me }) {
  const { t } = useLanguage();
  const tenant = useTenant();
  const profile = useProfile(tenant).data;
  const words = useWords(profile);
  const [changed, setChanged] = useState(false);
  const [registeredAs, setRegisteredAs] = useState<string>();
  const filling = page.nextActions.some((next) => next.action === 'fill') && profile !== undefined;
  const stale = (problem: Problem): void => setChanged(problem.code === 'VERSION_STALE');
  const timeZone = profile?.timeZone;
  return (
    <article className="page case">
      <CaseHead page={page} words={words} timeZone={timeZone} home={`/${tenant}/${me.queues[0] ?? 'all'}`} />
      {changed ? (
        <Alert
          color="sand"
          icon={<IconRefreshAlert aria-hidden />}
          title={t('case.changed')}
          role="alert"
          withCloseButton
          closeButtonLabel={t('layout.close')}
          onClose={() => setChanged(false)}
          mb="lg"
        >
          {t('case.changedHint')}
        </Alert>
      ) : null}
      {registeredAs === undefined ? null : <JustRegistered number={registeredAs} />}
      <div className={filling ? 'case-columns filling' : 'case-columns'}>
        <div className="case-main">
          {filling ? (
            <CaseForm {...{ page, profile, words, stale }} registered={setRegisteredAs} />
          ) : (
            <CaseFormData page={page} words={words} />
          )}
          <CaseTimeline page={page} words={words} timeZone={timeZone} />
        </div>
        <aside className="case-side">
          <CaseActions page={page} words={words} stale={stale} />
          <CaseAttachments page={page} profile={profile} stale={stale} />
          <CaseMessages page={page} words={words} timeZone={timeZone} />
        </aside>
      </div>
    </article>
  );
}

function Waiting() {
  const { t } = useLanguage();
  return (
    <div className="waiting" role="status" aria-label={t('list.loading')}>
      <Skeleton height={120} radius="lg" />
      <Skeleton height={280} radius="lg" />
      <Skeleton height={200} radius="lg" />
    </div>
  );
}
