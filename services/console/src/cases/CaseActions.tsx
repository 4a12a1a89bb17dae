import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconLock } from '@tabler/icons-react';
import { useState } from 'react';
import { api } from '../api/client';
import { type Problem } from '../api/problem';
import { type CasePage, type CommandAnswer, type NextAction } from '../api/types';
import { useCommand } from '../api/use-command';
import { useLanguage } from '../i18n/use-language';
import { useTenant } from '../session/use-session';
import { type Words } from '../text/names';
import { ActionForm } from './ActionForm';

/** Shown elsewhere on the page. */
const elsewhere = new Set(['fill', 'attach', 'register']);

/** What this person may do now: the usual step first and filled, the others as outlines. Each opens its own small form. */
export function CaseActions({
  page,
  words,
  stale,
}: {
  page: CasePage;
  words: Words;
  stale: (problem: Problem) => void;
}) {
  const { t } = useLanguage();
  const tenant = useTenant();
  const [chosen, setChosen] = useState<string>();
  const { caseId, decisionVersion } = page.case;
  const act = useCommand<{ action: string; answers: object }, CommandAnswer>((key, { action, answers }) =>
    api.act(tenant, key, { caseId, action, decisionVersion, answers }),
  );
  const offered = page.nextActions.filter((next) => !elsewhere.has(next.action));
  const current = offered.find((next) => next.action === chosen);
  const send = (next: NextAction, answers: object): void =>
    act.mutate(
      { action: next.action, answers },
      {
        onSuccess: () => {
          setChosen(undefined);
          notifications.show({
            message: t('act.done', { action: t(`actions.${next.action}`) }),
            color: 'teal',
            closeButtonProps: { 'aria-label': t('layout.close') },
          });
        },
        onError: stale,
      },
    );
  const choose = (action: string): void => {
    act.reset();
    setChosen(action);
  };
  if (offered.length === 0 && page.case.phase === 'open') return null;
  return (
    <section className="card next" aria-labelledby="next-title">
      <h2 id="next-title">{t('case.next')}</h2>
      {page.case.phase === 'terminal' ? (
        <p className="read-only">
          <IconLock size={18} aria-hidden /> {t('case.readOnly')}
        </p>
      ) : null}
      {offered.length === 0 && page.case.phase !== 'terminal' ? (
        <p className="faint">{t('case.noNext')}</p>
      ) : null}
      {current === undefined ? (
        <div className="next-buttons">
          {offered.map((next) => (
            <Button
              key={next.action}
              variant={next.primary ? 'filled' : 'default'}
              onClick={() => choose(next.action)}
              fullWidth
            >
              {t(`actions.${next.action}`)}
            </Button>
          ))}
        </div>
      ) : (
        <ActionForm
          key={current.action}
          next={current}
          words={words}
          pending={act.isPending}
          problem={act.error}
          send={(answers) => send(current, answers)}
          cancel={() => setChosen(undefined)}
        />
      )}
    </section>
  );
}
