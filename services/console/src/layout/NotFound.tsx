import { Button } from '@mantine/core';
import { IconMapQuestion } from '@tabler/icons-react';
import { Link } from 'react-router';
import { useLanguage } from '../i18n/use-language';
import { EmptyState } from '../text/EmptyState';

export function NotFound() {
  const { t } = useLanguage();
  return (
    <EmptyState icon={<IconMapQuestion size={40} />} title={t('notFound.title')} hint={t('notFound.hint')}>
      <Button component={Link} to="/" variant="light">
        {t('notFound.home')}
      </Button>
    </EmptyState>
  );
}
