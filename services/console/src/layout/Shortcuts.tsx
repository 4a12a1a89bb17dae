import { Kbd, Modal } from '@mantine/core';
import { useCallback } from 'react';
import { useNavigate } from 'react-router';
import { useLanguage } from '../i18n/use-language';
import { useTenant } from '../session/use-session';
import { searchFieldId, useShortcut } from './shortcut-keys';

const rows = [
  ['/', 'search'],
  ['j', 'next'],
  ['k', 'previous'],
  ['Enter', 'open'],
  ['n', 'new'],
  ['?', 'help'],
] as const;

/** The shortcuts of every page, and the list of all of them. */
export function Shortcuts({
  opened,
  open,
  close,
  mayOpenPage,
}: {
  opened: boolean;
  open: () => void;
  close: () => void;
  mayOpenPage: boolean;
}) {
  const { t } = useLanguage();
  const tenant = useTenant();
  const navigate = useNavigate();
  useShortcut(
    { key: '/' },
    useCallback(() => document.getElementById(searchFieldId)?.focus(), []),
  );
  useShortcut({ key: '?' }, open);
  useShortcut({ key: '؟' }, open);
  const newPage = useCallback(() => {
    if (mayOpenPage) void navigate(`/${tenant}/new`);
  }, [mayOpenPage, navigate, tenant]);
  useShortcut({ code: 'KeyN' }, newPage);
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={t('layout.shortcuts')}
      centered
      closeButtonProps={{ 'aria-label': t('layout.close') }}
    >
      <dl className="keys">
        {rows.map(([key, name]) => (
          <div key={key}>
            <dt>
              <Kbd>
                <bdi>{key}</bdi>
              </Kbd>
            </dt>
            <dd>{t(`shortcuts.${name}`)}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
