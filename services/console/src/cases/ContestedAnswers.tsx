import { Alert, Button } from '@mantine/core';
import { IconUsers } from '@tabler/icons-react';
import { type CasePage } from '../api/types';
import { useLanguage } from '../i18n/use-language';
import { type Words } from '../text/names';
import { FormValue } from './CaseFormData';
import { fieldsOf } from './form-base';

interface Props {
  readonly names: readonly string[];
  readonly page: CasePage;
  readonly words: Words;
  readonly keepMine: (name: string) => void;
  readonly takeTheirs: (name: string) => void;
}

/** Answers that two people changed at the same time: what the case says now, and the choice between it and one's own. */
export function ContestedAnswers({ names, page, words, keepMine, takeTheirs }: Props) {
  const { t } = useLanguage();
  if (names.length === 0) return null;
  return (
    <Alert color="clay" icon={<IconUsers aria-hidden />} title={t('case.contested')} role="alert">
      {t('case.contestedHint')}
      <ul className="contested">
        {names.map((name) => (
          <li key={name}>
            <strong>{t(`fields.${name}`)}</strong>
            <span className="contested-theirs">
              {t('case.savedMeanwhile')}{' '}
              {(name === 'location' ? [name] : fieldsOf(name))
                .filter((field) => page.form[field] !== undefined)
                .map((field) => (
                  <FormValue key={field} value={page.form[field]} words={words} />
                ))}
            </span>
            <span className="contested-choice">
              <Choice name={name} words={t('case.keepMine')} choose={keepMine} />
              <Choice name={name} words={t('case.takeTheirs')} choose={takeTheirs} />
            </span>
          </li>
        ))}
      </ul>
    </Alert>
  );
}

function Choice({ name, words, choose }: { name: string; words: string; choose: (name: string) => void }) {
  const { t } = useLanguage();
  return (
    <Button
      size="xs"
      variant="default"
      aria-label={`${t(`fields.${name}`)}: ${words}`}
      onClick={() => choose(name)}
    >
      {words}
    </Button>
  );
}
