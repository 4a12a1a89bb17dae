import { Button } from '@mantine/core';
import { IconLanguage } from '@tabler/icons-react';
import { useLanguage } from '../i18n/use-language';

/** Names the other language in itself, so that whoever needs it can read it. */
export function LanguageSwitch({ onDark = false }: { onDark?: boolean }) {
  const { t, other, change } = useLanguage();
  return (
    <Button
      variant="subtle"
      color={onDark ? 'sand.0' : 'teal'}
      className={onDark ? 'on-dark' : 'bar-language'}
      size="sm"
      leftSection={<IconLanguage size={18} aria-hidden />}
      onClick={() => change(other)}
      lang={other}
      title={t('layout.languageHint')}
    >
      {t('layout.language')}
    </Button>
  );
}
