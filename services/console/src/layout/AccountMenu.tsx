import { ActionIcon, Menu, Text } from '@mantine/core';
import { IconLogout, IconUserCircle } from '@tabler/icons-react';
import { api } from '../api/client';
import { type Me } from '../api/types';
import { useLanguage } from '../i18n/use-language';
import { useProfile, useTenant } from '../session/use-session';
import { useWords } from '../text/names';

export function AccountMenu({ me }: { me: Me }) {
  const { t } = useLanguage();
  const words = useWords(useProfile(useTenant()).data);
  const signOut = async (): Promise<void> => {
    const { location } = await api.signOut().catch(() => ({ location: '/' }));
    window.location.assign(location);
  };
  return (
    <Menu position="bottom-end" width={260}>
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="teal"
          size="lg"
          aria-label={`${t('session.account')}: ${me.account}`}
        >
          <IconUserCircle size={26} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <div className="account">
          <Text fw={650} size="sm">
            <bdi>{me.account}</bdi>
          </Text>
          <Text size="xs" c="dark.7">
            {me.roles.map((role) => t(`roles.${role}`)).join(t('product') === 'بلاغ' ? '، ' : ', ')}
          </Text>
          {me.party === undefined ? null : (
            <Text size="xs" c="dark.7">
              {words.owner({ kind: '', ...me.party })}
            </Text>
          )}
        </div>
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconLogout size={18} aria-hidden className="flip" />}
          onClick={() => void signOut()}
        >
          {t('session.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
