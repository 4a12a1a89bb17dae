import { Button, FileInput, Select } from '@mantine/core';
import { IconFile, IconPaperclip, IconPhoto, IconUpload } from '@tabler/icons-react';
import { useState } from 'react';
import { api } from '../api/client';
import { type Problem } from '../api/problem';
import { type CasePage, type CommandAnswer, type Profile } from '../api/types';
import { useCommand } from '../api/use-command';
import { useLanguage } from '../i18n/use-language';
import { useTenant } from '../session/use-session';
import { ProblemNotice } from '../text/ProblemNotice';

const kinds = ['PHOTO', 'INVOICE', 'DOCUMENT', 'LETTER', 'FAX', 'CLIP'] as const;

/** Evidence (MUS-04): what is there, and adding to it while the page is open. */
export function CaseAttachments({
  page,
  profile,
  stale,
}: {
  page: CasePage;
  profile: Profile | undefined;
  stale: (problem: Problem) => void;
}) {
  const { t } = useLanguage();
  const mayAdd = page.nextActions.some((next) => next.action === 'attach');
  return (
    <section className="card" aria-labelledby="attachments-title">
      <h2 id="attachments-title">{t('case.attachments')}</h2>
      {page.attachments.length === 0 ? <p className="faint">{t('case.noAttachments')}</p> : null}
      <ul className="attachments">
        {page.attachments.map(({ attachmentId, kind, mediaType, sizeBytes }) => (
          <li key={attachmentId}>
            {mediaType.startsWith('image/') ? (
              <IconPhoto size={20} aria-hidden />
            ) : (
              <IconFile size={20} aria-hidden />
            )}
            <span>{t(`options.${kind}`)}</span>
            <bdi className="faint">{size(sizeBytes)}</bdi>
          </li>
        ))}
      </ul>
      {mayAdd && profile !== undefined ? <AddAttachment page={page} profile={profile} stale={stale} /> : null}
    </section>
  );
}

function AddAttachment({
  page,
  profile,
  stale,
}: {
  page: CasePage;
  profile: Profile;
  stale: (problem: Problem) => void;
}) {
  const { t } = useLanguage();
  const tenant = useTenant();
  const [file, setFile] = useState<File | null>(null);
  const [kind, setKind] = useState<string>('PHOTO');
  const { caseId, decisionVersion } = page.case;
  const attach = useCommand<File, CommandAnswer>((key, chosen) =>
    api.attach(tenant, key, { caseId, kind, decisionVersion, file: chosen }),
  );
  const upload = (): void => {
    if (file !== null) attach.mutate(file, { onSuccess: () => setFile(null), onError: stale });
  };
  return (
    <div className="add-attachment">
      <Select
        size="sm"
        label={t('case.attachmentKind')}
        data={kinds.map((value) => ({ value, label: t(`options.${value}`) }))}
        value={kind}
        onChange={(value) => setKind(value ?? 'PHOTO')}
      />
      <FileInput
        size="sm"
        label={t('case.file')}
        description={t('case.fileHint', { size: size(profile.attachments.maxBytes) })}
        placeholder={t('act.choose')}
        accept={profile.attachments.mediaTypes.join(',')}
        leftSection={<IconPaperclip size={18} aria-hidden />}
        value={file}
        onChange={setFile}
        clearable
        clearButtonProps={{ 'aria-label': t('list.clear') }}
      />
      {attach.error === null ? null : <ProblemNotice problem={attach.error} />}
      <Button
        variant="light"
        size="sm"
        disabled={file === null}
        loading={attach.isPending}
        onClick={upload}
        leftSection={<IconUpload size={18} aria-hidden />}
      >
        {t('case.upload')}
      </Button>
    </div>
  );
}

function size(bytes: number): string {
  return bytes >= 1_048_576
    ? `${(bytes / 1_048_576).toFixed(bytes % 1_048_576 === 0 ? 0 : 1)} MB`
    : `${Math.max(1, Math.round(bytes / 1024))} KB`;
}
