import { Button, Select, Switch } from '@mantine/core';
import { IconFilterOff } from '@tabler/icons-react';
import { type Profile, type Queue } from '../api/types';
import { useLanguage } from '../i18n/use-language';
import { type ListState } from './list-state';

/** Stages that make sense as a condition of each list. */
const stagesOf: Readonly<Record<Queue, readonly string[]>> = {
  line1: [
    'OPEN_PAGE',
    'REGISTERED',
    'WITH_SECOND_LINE',
    'WITH_THIRD_LINE',
    'TRANSFERRED_EXTERNALLY',
    'CLOSED',
  ],
  'second-line': ['WITH_SECOND_LINE', 'REPLY_RETURNED', 'REPORTER_INFORMED', 'SETTLED', 'WITH_PROSECUTION'],
  'follow-up': ['WITH_THIRD_LINE', 'TRANSFERRED_EXTERNALLY', 'CONFRONTATION'],
  'third-line': ['WITH_THIRD_LINE', 'CONFRONTATION'],
  all: [
    'OPEN_PAGE',
    'WITH_SECOND_LINE',
    'WITH_THIRD_LINE',
    'TRANSFERRED_EXTERNALLY',
    'CONFRONTATION',
    'REPLY_RETURNED',
    'REPORTER_INFORMED',
    'CLOSED',
  ],
};

export function CaseFilters({
  queue,
  profile,
  state,
}: {
  queue: Queue;
  profile: Profile | undefined;
  state: ListState;
}) {
  const { t, nameOf } = useLanguage();
  const { query } = state;
  const any = { value: '', label: t('list.any') };
  return (
    <div className="filters" role="group" aria-label={t('list.stage')}>
      <Select
        size="sm"
        label={t('list.stage')}
        data={[any, ...stagesOf[queue].map((stage) => ({ value: stage, label: t(`stages.${stage}`) }))]}
        value={query.stage ?? ''}
        onChange={(stage) => state.set({ stage: stage ?? undefined })}
      />
      <Select
        size="sm"
        searchable
        label={t('list.category')}
        data={[
          any,
          ...(profile?.categories ?? []).map(({ code, names }) => ({ value: code, label: nameOf(names) })),
        ]}
        value={query.category ?? ''}
        onChange={(category) => state.set({ category: category ?? undefined })}
      />
      <Select
        size="sm"
        label={t('list.sort')}
        data={(['age', 'newest', 'due'] as const).map((sort) => ({
          value: sort,
          label: t(`list.sorts.${sort}`),
        }))}
        value={query.sort}
        onChange={(sort) => state.set({ sort: sort ?? undefined })}
      />
      <Switch
        className="filters-switch"
        label={t('list.overdueOnly')}
        checked={query.overdue === true}
        onChange={(event) => state.set({ overdue: event.currentTarget.checked ? 'true' : undefined })}
      />
      {state.filtered ? (
        <Button
          variant="subtle"
          size="sm"
          leftSection={<IconFilterOff size={18} aria-hidden />}
          onClick={state.clear}
        >
          {t('list.clearFilters')}
        </Button>
      ) : null}
    </div>
  );
}
