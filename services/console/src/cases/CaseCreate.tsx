import { TextInput, UnstyledButton } from '@mantine/core';
import {
  IconBrandWhatsapp,
  IconBuildingCommunity,
  IconDeviceMobile,
  IconMail,
  IconMessageCircle,
  IconNews,
  IconPhone,
  IconPrinter,
  IconSocial,
  IconUsers,
  IconWorld,
} from '@tabler/icons-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { api } from '../api/client';
import { type CommandAnswer } from '../api/types';
import { useCommand } from '../api/use-command';
import { useLanguage } from '../i18n/use-language';
import { useProfile, useTenant } from '../session/use-session';
import { ProblemNotice } from '../text/ProblemNotice';

const icons: Readonly<Record<string, typeof IconPhone>> = {
  PHONE: IconPhone,
  IVR: IconPhone,
  WEB: IconWorld,
  MOBILE_APP: IconDeviceMobile,
  WHATSAPP: IconBrandWhatsapp,
  SOCIAL: IconSocial,
  FAX: IconPrinter,
  EMAIL: IconMail,
  CHAT: IconMessageCircle,
  WALK_IN: IconUsers,
  LETTER: IconMail,
  MEDIA: IconNews,
  COUNCIL: IconBuildingCommunity,
};

/** Choosing the channel opens the page: the first event of the case (MUS-08). The form follows on the case's own page. */
export function CaseCreate() {
  const { t, nameOf } = useLanguage();
  const tenant = useTenant();
  const profile = useProfile(tenant);
  const navigate = useNavigate();
  const [reference, setReference] = useState('');
  const open = useCommand<string, CommandAnswer>((key, channel) =>
    api.open(tenant, key, {
      channel,
      ...(reference.trim() === '' ? {} : { contactReference: reference.trim() }),
    }),
  );
  const choose = (channel: string): void =>
    open.mutate(channel, {
      onSuccess: ({ caseId }) => void navigate(`/${tenant}/cases/${caseId}`, { replace: true }),
    });
  return (
    <div className="page page-narrow">
      <header className="page-head">
        <h1>{t('create.title')}</h1>
        <p>{t('create.lead')}</p>
      </header>
      <TextInput
        className="create-reference"
        label={t('create.reference')}
        description={t('create.referenceHint')}
        value={reference}
        onChange={(event) => setReference(event.currentTarget.value)}
        autoComplete="off"
        maxLength={200}
        dir="auto"
      />
      {open.error === null ? null : <ProblemNotice problem={open.error} />}
      <div className="channels" aria-busy={open.isPending}>
        {(profile.data?.channels ?? []).map(({ code, names, kind }) => {
          const Icon = icons[kind] ?? IconPhone;
          return (
            <UnstyledButton
              key={code}
              className="channel"
              onClick={() => choose(code)}
              disabled={open.isPending}
            >
              <Icon size={28} stroke={1.6} aria-hidden />
              <span>{nameOf(names)}</span>
            </UnstyledButton>
          );
        })}
      </div>
      <p role="status" className="faint">
        {open.isPending ? t('create.opening') : ' '}
      </p>
    </div>
  );
}
