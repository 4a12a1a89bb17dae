import { Button, Modal } from '@mantine/core';
import { IconLogin2 } from '@tabler/icons-react';
import { useEffect } from 'react';
import { useLanguage } from '../i18n/use-language';

interface Props {
  readonly opened: boolean;
  /** Asks again who is there. */
  readonly askAgain: () => void;
}

/**
 * Lies over the page of somebody whose session ended: what was typed stays where it is, and nobody reads the page meanwhile. Signing in opens
 * another tab; back in this one, it is asked again who is there.
 */
export function SignedOut({ opened, askAgain }: Props) {
  const { t } = useLanguage();
  useEffect(() => {
    if (!opened) return undefined;
    window.addEventListener('focus', askAgain);
    return () => window.removeEventListener('focus', askAgain);
  }, [askAgain, opened]);
  return (
    <Modal
      opened={opened}
      onClose={askAgain}
      title={t('session.signedOut')}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      overlayProps={{ color: '#0b3b39', backgroundOpacity: 0.9, blur: 12 }}
      zIndex={1_000}
      centered
    >
      <p className="dialog-text">{t('session.signedOutHint')}</p>
      <div className="action-buttons">
        <Button
          component="a"
          href="/auth/sign-in?returnTo=%2Fsigned-in"
          target="_blank"
          rel="noopener"
          leftSection={<IconLogin2 size={20} aria-hidden />}
          data-autofocus
        >
          {t('session.signIn')}
        </Button>
        <Button variant="default" onClick={askAgain}>
          {t('session.signedInAgain')}
        </Button>
      </div>
    </Modal>
  );
}
