import { ActionIcon, Kbd, TextInput } from '@mantine/core';
import { IconSearch, IconX } from '@tabler/icons-react';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useLocation, useNavigate, useSearchParams } from 'react-router';
import { useMe, useTenant } from '../session/use-session';
import { useLanguage } from '../i18n/use-language';
import { searchFieldId } from './shortcut-keys';

/** Search by number, from every page; the answer is the widest list of the account. */
export function NumberSearch() {
  const { t } = useLanguage();
  const tenant = useTenant();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const [params] = useSearchParams();
  const me = useMe();
  const asked = params.get('text') ?? '';
  const [text, setText] = useState(asked);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => setText(asked), [asked, pathname]);
  const queue = me.data?.queues.includes('all') === true ? 'all' : me.data?.queues[0];
  const search = (event: FormEvent): void => {
    event.preventDefault();
    const wanted = text.trim();
    void navigate(
      `/${tenant}/${queue ?? 'all'}${wanted === '' ? '' : `?text=${encodeURIComponent(wanted)}`}`,
    );
  };
  return (
    <form role="search" onSubmit={search} className="search">
      <TextInput
        ref={field}
        id={searchFieldId}
        type="text"
        inputMode="search"
        aria-label={t('list.search')}
        placeholder={t('list.searchPlaceholder')}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        leftSection={<IconSearch size={18} aria-hidden />}
        rightSection={
          text === '' ? (
            <Kbd className="search-key" aria-hidden>
              /
            </Kbd>
          ) : (
            <ActionIcon
              variant="subtle"
              color="dark"
              aria-label={t('list.clear')}
              onClick={() => setText('')}
            >
              <IconX size={16} aria-hidden />
            </ActionIcon>
          )
        }
        maxLength={60}
        autoComplete="off"
        size="sm"
      />
    </form>
  );
}
