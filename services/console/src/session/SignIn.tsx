import { Alert, Button } from '@mantine/core';
import { IconLogin2 } from '@tabler/icons-react';
import { useLanguage } from '../i18n/use-language';
import { Brand } from '../layout/Brand';
import { LanguageSwitch } from '../layout/LanguageSwitch';

/** The first page of everybody: what this is, and one button. */
export function SignIn() {
  const { t } = useLanguage();
  const failure = new URLSearchParams(window.location.search).get('signIn');
  const here = window.location.pathname;
  return (
    <div className="welcome">
      <header className="welcome-bar">
        <Brand />
        <LanguageSwitch onDark />
      </header>
      <main className="welcome-main" id="content">
        <div className="welcome-words">
          <p className="welcome-tagline">{t('tagline')}</p>
          <Steps />
        </div>
        <section className="welcome-card" aria-labelledby="welcome-title">
          <h1 id="welcome-title">{t('session.title')}</h1>
          <p>{t('session.lead')}</p>
          {failure === null ? null : (
            <Alert color="clay" role="alert">
              {t(`problems.${failure}`, { defaultValue: t('problems.SIGN_IN_FAILED') })}
            </Alert>
          )}
          <Button
            component="a"
            href={`/auth/sign-in?returnTo=${encodeURIComponent(here)}`}
            size="lg"
            fullWidth
            leftSection={<IconLogin2 size={20} aria-hidden />}
          >
            {t('session.signIn')}
          </Button>
        </section>
      </main>
    </div>
  );
}

/** The three lines, as the way of a report. */
function Steps() {
  const { t } = useLanguage();
  return (
    <ol className="steps">
      {(['LINE1', 'LINE2', 'LINE3'] as const).map((role, i) => (
        <li key={role}>
          <span className="steps-number" aria-hidden>
            {i + 1}
          </span>
          {t(`roles.${role}`)}
        </li>
      ))}
    </ol>
  );
}
