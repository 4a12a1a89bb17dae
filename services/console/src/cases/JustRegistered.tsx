import { ActionIcon, CopyButton } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useLanguage } from '../i18n/use-language';

/** The number, large enough to be read aloud to the caller (MUS-11, AMB-42). */
export function JustRegistered({ number }: { number: string }) {
  const { t } = useLanguage();
  return (
    <section className="just-registered" role="status">
      <span>{t('case.registeredAs')}</span>
      <strong>
        <bdi className="number">{number}</bdi>
        <CopyButton value={number}>
          {({ copied, copy }) => (
            <ActionIcon
              variant="subtle"
              color="teal"
              onClick={copy}
              aria-label={`${t('case.number')} ${number}`}
            >
              {copied ? <IconCheck size={18} aria-hidden /> : <IconCopy size={18} aria-hidden />}
            </ActionIcon>
          )}
        </CopyButton>
      </strong>
      <span className="under">{t('case.tellReporter')}</span>
    </section>
  );
}
