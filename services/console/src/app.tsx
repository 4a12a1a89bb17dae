import { Loader } from '@mantine/core';
import { IconBuildingOff, IconLogin2 } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef } from 'react';
import { Navigate, Route, Routes } from 'react-router';
import { CaseCreate } from './cases/CaseCreate';
import { CaseList } from './cases/CaseList';
import { CaseShow } from './cases/CaseShow';
import { type Me } from './api/types';
import { useDocumentLanguage, useLanguage } from './i18n/use-language';
import { NotFound } from './layout/NotFound';
import { Shell } from './layout/Shell';
import { SignIn } from './session/SignIn';
import { SignedOut } from './session/SignedOut';
import { keptTenant, useMe } from './session/use-session';
import { EmptyState } from './text/EmptyState';
import { ProblemNotice } from './text/ProblemNotice';

/** Who is there decides: the welcome page, or the work. */
export function App() {
  useDocumentLanguage();
  const { t } = useLanguage();
  const me = useMe();
  const signedOut = me.error?.status === 401;
  useSessionAgain(me.data?.account, signedOut);
  const { refetch } = me;
  const askAgain = useCallback(() => void refetch(), [refetch]);
  if (me.data !== undefined) {
    return (
      <>
        <Pages me={me.data} />
        <SignedOut opened={signedOut} askAgain={askAgain} />
      </>
    );
  }
  if (signedOut) return <SignIn />;
  if (me.error !== null) {
    return (
      <main className="lonely">
        <ProblemNotice problem={me.error} retry={() => void me.refetch()} />
      </main>
    );
  }
  return (
    <main className="lonely">
      <Loader aria-label={t('list.loading')} />
    </main>
  );
}

/** The same person is back: what failed meanwhile is read anew. Another one begins with nothing of the former’s. */
function useSessionAgain(account: string | undefined, signedOut: boolean): void {
  const queries = useQueryClient();
  const [former, wasOut] = [useRef(account), useRef(signedOut)];
  useEffect(() => {
    if (former.current !== undefined && account !== former.current) window.location.assign('/');
    else if (wasOut.current && !signedOut && account !== undefined)
      void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'me' });
    former.current = account;
    wasOut.current = signedOut;
  }, [account, former, queries, signedOut, wasOut]);
}

function Pages({ me }: { me: Me }) {
  const { t } = useLanguage();
  const tenant = keptTenant(me);
  if (tenant === undefined) {
    return (
      <main className="lonely">
        <EmptyState
          icon={<IconBuildingOff size={40} />}
          title={t('session.noTenant')}
          hint={t('session.noTenantHint')}
        />
      </main>
    );
  }
  const home = me.queues[0];
  return (
    <Routes>
      <Route
        path="/"
        element={<Navigate to={home === undefined ? `/${tenant}/none` : `/${tenant}/${home}`} replace />}
      />
      <Route
        path="/signed-in"
        element={
          <EmptyState
            icon={<IconLogin2 size={40} />}
            title={t('session.back')}
            hint={t('session.backHint')}
          />
        }
      />
      <Route path="/:tenant" element={<Shell me={me} />}>
        <Route path="new" element={<CaseCreate />} />
        <Route path="cases/:id" element={<CaseShow me={me} />} />
        {me.queues.map((queue) => (
          <Route key={queue} path={queue} element={<CaseList queue={queue} me={me} />} />
        ))}
        <Route
          path="none"
          element={<EmptyState icon={<IconBuildingOff size={40} />} title={t('session.noQueue')} />}
        />
        <Route path="*" element={<NotFound />} />
      </Route>
      <Route path="*" element={<NotFound />} />
    </Routes>
  );
}
