import { Menu, Button } from '@mantine/core';
import { IconBuilding, IconCheck, IconSelector } from '@tabler/icons-react';
import { useNavigate } from 'react-router';
import { type Me } from '../api/types';
import { useLanguage } from '../i18n/use-language';
import { keepTenant, useTenant } from '../session/use-session';

/** For accounts that work in several organisations (MUS-26); others only see where they are. */
export function TenantSwitch({ me }: { me: Me }) {
  const { t, language } = useLanguage();
  const tenant = useTenant();
  const navigate = useNavigate();
  const current = me.tenants.find((one) => one.code === tenant);
  const name = current?.[language] ?? tenant;
  if (me.tenants.length < 2) return <span className="tenant-name">{name}</span>;
  const change = (code: string): void => {
    keepTenant(code);
    void navigate(`/${code}/${me.queues[0] ?? 'all'}`);
  };
  return (
    <Menu position="bottom-end" width={280}>
      <Menu.Target>
        <Button
          variant="default"
          size="sm"
          className="tenant"
          leftSection={<IconBuilding size={18} aria-hidden />}
          rightSection={<IconSelector size={16} aria-hidden />}
          aria-label={`${t('layout.tenant')}: ${name}`}
        >
          <span className="tenant-label">{name}</span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('layout.tenant')}</Menu.Label>
        {me.tenants.map((one) => (
          <Menu.Item
            key={one.code}
            onClick={() => change(one.code)}
            rightSection={one.code === tenant ? <IconCheck size={16} aria-hidden /> : null}
            aria-current={one.code === tenant}
          >
            {one[language]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
