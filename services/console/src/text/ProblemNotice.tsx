import { Alert, Button, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { type Problem } from '../api/problem';
import { useLanguage } from '../i18n/use-language';

/** What went wrong in plain words, with the stable code for whoever helps. */
export function ProblemNotice({ problem, retry }: { problem: Problem; retry?: (() => void) | undefined }) {
  const { t } = useLanguage();
  return (
    <Alert
      color="clay"
      variant="light"
      icon={<IconAlertTriangle aria-hidden />}
      title={t('problems.title')}
      role="alert"
      className="notice"
    >
      <Text size="sm">{t(`problems.${problem.code}`, { defaultValue: t('problems.other') })}</Text>
      <Text size="xs" mt={6} c="dark.7">
        {t('problems.code')}: <bdi className="code">{problem.code}</bdi>
      </Text>
      <Problems members={problem.members} />
      {retry === undefined ? null : (
        <Button mt="sm" size="xs" variant="default" onClick={retry}>
          {t('problems.retry')}
        </Button>
      )}
    </Alert>
  );
}

/** Paths and codes of single fields, when the service names them. */
function Problems({ members }: { members: Readonly<Record<string, unknown>> }) {
  const { t } = useLanguage();
  const { problems } = members;
  if (!Array.isArray(problems) || problems.length === 0) return null;
  return (
    <ul className="problem-fields">
      {problems.map((entry: { path?: unknown; problem?: unknown }, i) => {
        const path = String(entry.path ?? '');
        const field = path.split('.').at(-1) ?? path;
        return (
          <li key={i}>
            {t(`fields.${field}`, { defaultValue: path })}:{' '}
            <bdi className="code">{String(entry.problem ?? '')}</bdi>
          </li>
        );
      })}
    </ul>
  );
}
