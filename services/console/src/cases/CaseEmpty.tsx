import { Button } from '@mantine/core';
import { IconFilePlus, IconFilterOff, IconMoodSmile, IconSearchOff } from '@tabler/icons-react';
import { Link } from 'react-router';
import { type Queue } from '../api/types';
import { useLanguage } from '../i18n/use-language';
import { EmptyState } from '../text/EmptyState';

interface Props {
  readonly queue: Queue;
  readonly tenant: string;
  readonly mayOpenPage: boolean;
  readonly filtered: boolean;
  readonly clear: () => void;
}

/** An empty list is good news, or a condition too narrow. */
export function CaseEmpty({ queue, tenant, mayOpenPage, filtered, clear }: Props) {
  const { t } = useLanguage();
  if (filtered) {
    return (
      <EmptyState
        level={2}
        icon={<IconSearchOff size={40} />}
        title={t('list.nothingFound')}
        hint={t('list.nothingFoundHint')}
      >
        <Button variant="light" onClick={clear} leftSection={<IconFilterOff size={18} aria-hidden />}>
          {t('list.clearFilters')}
        </Button>
      </EmptyState>
    );
  }
  return (
    <EmptyState
      level={2}
      icon={<IconMoodSmile size={40} />}
      title={t('list.empty')}
      hint={t(`list.emptyHint.${queue}`)}
    >
      {mayOpenPage ? (
        <Button component={Link} to={`/${tenant}/new`} leftSection={<IconFilePlus size={18} aria-hidden />}>
          {t('layout.newPage')}
        </Button>
      ) : null}
    </EmptyState>
  );
}
