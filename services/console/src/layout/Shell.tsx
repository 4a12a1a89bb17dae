import { AppShell, Burger, Kbd } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Outlet } from 'react-router';
import { useLive } from '../api/use-live';
import { type Me } from '../api/types';
import { useLanguage } from '../i18n/use-language';
import { useTenant } from '../session/use-session';
import { AccountMenu } from './AccountMenu';
import { Brand } from './Brand';
import { LanguageSwitch } from './LanguageSwitch';
import { NumberSearch } from './NumberSearch';
import { QueueNav } from './QueueNav';
import { Shortcuts } from './Shortcuts';
import { TenantSwitch } from './TenantSwitch';

/** The frame of every page: work lists on one side, search and account above. */
export function Shell({ me }: { me: Me }) {
  const { t } = useLanguage();
  const tenant = useTenant();
  const [opened, menu] = useDisclosure(false);
  const [help, shortcuts] = useDisclosure(false);
  useLive(tenant);
  return (
    <AppShell
      header={{ height: 64 }}
      navbar={{ width: 264, breakpoint: 'md', collapsed: { mobile: !opened } }}
      padding={0}
      layout="alt"
    >
      <a className="skip" href="#content">
        {t('layout.skip')}
      </a>
      <AppShell.Header className="bar">
        <Burger
          opened={opened}
          onClick={menu.toggle}
          hiddenFrom="md"
          size="sm"
          aria-label={t('layout.menu')}
        />
        <NumberSearch />
        <div className="bar-end">
          <TenantSwitch me={me} />
          <LanguageSwitch />
          <AccountMenu me={me} />
        </div>
      </AppShell.Header>
      <AppShell.Navbar className="side">
        <div className="side-brand">
          <Brand />
          <Burger
            opened
            onClick={menu.close}
            hiddenFrom="md"
            size="sm"
            color="var(--mantine-color-sand-1)"
            aria-label={t('layout.close')}
          />
        </div>
        <QueueNav me={me} onNavigate={menu.close} />
        <button type="button" className="side-help" onClick={shortcuts.open}>
          {t('layout.shortcuts')} <Kbd>?</Kbd>
        </button>
      </AppShell.Navbar>
      <AppShell.Main id="content" className="main" tabIndex={-1}>
        <Outlet />
      </AppShell.Main>
      <Shortcuts
        opened={help}
        open={shortcuts.open}
        close={shortcuts.close}
        mayOpenPage={me.may.includes('case.open')}
      />
    </AppShell>
  );
}
