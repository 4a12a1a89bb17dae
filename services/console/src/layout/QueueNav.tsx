import { Button } from '@mantine/core';
import {
  IconChecklist,
  IconFilePlus,
  IconInbox,
  IconListSearch,
  IconProgressCheck,
  IconUsersGroup,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, NavLink } from 'react-router';
import { api } from '../api/client';
import { type Me, type Queue } from '../api/types';
import { useLanguage } from '../i18n/use-language';
import { everyMinute, useProfile, useTenant } from '../session/use-session';

const icons: Readonly<Record<Queue, typeof IconInbox>> = {
  line1: IconChecklist,
  'second-line': IconInbox,
  'follow-up': IconProgressCheck,
  'third-line': IconUsersGroup,
  all: IconListSearch,
};

export function QueueNav({ me, onNavigate }: { me: Me; onNavigate: () => void }) {
  const { t, nameOf } = useLanguage();
  const tenant = useTenant();
  const profile = useProfile(tenant);
  const counts = useQuery({
    queryKey: ['counts', tenant],
    queryFn: () => api.counts(tenant),
    enabled: tenant !== '',
    refetchInterval: everyMinute,
  });
  return (
    <nav className="queues" aria-label={t('layout.queues')}>
      <p className="queues-centre">{profile.data === undefined ? ' ' : nameOf(profile.data.centre)}</p>
      {me.may.includes('case.open') ? (
        <Button
          component={Link}
          to={`/${tenant}/new`}
          onClick={onNavigate}
          className="new-page"
          leftSection={<IconFilePlus size={20} aria-hidden />}
          fullWidth
        >
          {t('layout.newPage')}
        </Button>
      ) : null}
      <ul>
        {me.queues.map((queue) => {
          const Icon = icons[queue];
          const count = counts.data?.[queue];
          return (
            <li key={queue}>
              <NavLink
                to={`/${tenant}/${queue}`}
                onClick={onNavigate}
                className={({ isActive }) => (isActive ? 'queue active' : 'queue')}
              >
                <Icon size={20} aria-hidden />
                <span>{t(`queues.${queue}`)}</span>
                {count === undefined ? null : <bdi className="queue-count">{count}</bdi>}
              </NavLink>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
