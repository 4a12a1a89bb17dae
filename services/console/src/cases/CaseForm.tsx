import { Button } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { IconDeviceFloppy, IconSend } from '@tabler/icons-react';
import { useState } from 'react';
import { api } from '../api/client';
import { type Problem, missingOf, problemOf } from '../api/problem';
import { type CasePage, type CommandAnswer, type Names, type Profile } from '../api/types';
import { useCommand } from '../api/use-command';
import { useLanguage } from '../i18n/use-language';
import { useTenant } from '../session/use-session';
import { ProblemNotice } from '../text/ProblemNotice';
import { ClassificationFields, ConsumerFields, DetailFields, ReporterFields } from './FormFields';
import { MissingFields } from './MissingFields';
import { answersOf, asksConsumer, initialValues, requiredNow } from './form-state';

interface Props {
  readonly page: CasePage;
  readonly profile: Profile;
  readonly stale: (problem: Problem) => void;
  readonly registered: (number: string) => void;
}

interface Saving {
  /** Decision version that the person saw. */
  readonly seen: number;
  readonly values: Readonly<Record<string, string | string[]>>;
}

/** The form of an open page (MUS-09): saved as often as wished, then registered, which gives the number (MUS-10, MUS-11). */
export function CaseForm({ page, profile, stale, registered }: Props) {
  const { t, nameOf } = useLanguage();
  const tenant = useTenant();
  const form = useForm({ initialValues: initialValues(page) });
  const [refused, setRefused] = useState<ReadonlyMap<string, Names>>(new Map());
  const { caseId } = page.case;
  const save = useCommand<Saving, CommandAnswer>((key, { seen, values }) =>
    api.act(tenant, key, { caseId, action: 'fill', decisionVersion: seen, answers: answersOf(values) }),
  );
  /** Only what was sent counts as saved: the agent goes on typing meanwhile. */
  const saveNow = async (seen: number): Promise<number> => {
    const values = form.getValues();
    const { decisionVersion } = await save.mutateAsync({ seen, values });
    form.resetDirty(values);
    return decisionVersion;
  };
  const register = useCommand<number, CommandAnswer>(async (key, seen) => {
    const version = form.isDirty() ? await saveNow(seen) : seen;
    const answer = await api.act(tenant, key, {
      caseId,
      action: 'register',
      decisionVersion: version,
      answers: {},
    });
    // Told here, not in a callback of `mutate`: by then the reloaded page has taken this form away.
    registered(answer.caseNumber);
    return answer;
  });
  const failed = (problem: Problem): void => {
    stale(problem);
    const missing = missingOf(problem);
    setRefused(missing);
    form.setErrors(
      Object.fromEntries(
        [...missing].map(([field, names]) => [field, t('case.missingField', { name: nameOf(names) })]),
      ),
    );
    if (missing.size > 0) focusFirst([...missing.keys()]);
  };
  const { decisionVersion } = page.case;
  const saved = (): void => {
    notifications.show({
      message: t('case.saved'),
      color: 'teal',
      closeButtonProps: { 'aria-label': t('layout.close') },
    });
  };
  const onSave = (): void =>
    void saveNow(decisionVersion).then(saved, (error: unknown) => failed(problemOf(error)));
  const onRegister = (): void => register.mutate(decisionVersion, { onError: failed });
  const required = requiredNow(profile, form.values, page.case.channel);
  const mayRegister = page.nextActions.some((next) => next.action === 'register');
  const fields = { form, profile, required };
  const problem = register.error ?? save.error;
  return (
    <form
      className="card case-form"
      onSubmit={(event) => {
        event.preventDefault();
        onRegister();
      }}
      noValidate
      aria-label={t('case.form')}
    >
      <div className="case-fields" inert={register.isPending}>
        <ClassificationFields {...fields} />
        <DetailFields {...fields} />
        <ReporterFields {...fields} />
        {asksConsumer(profile) ? <ConsumerFields {...fields} /> : null}
      </div>
      <MissingFields required={required} refused={refused} values={form.values} page={page} />
      {problem === null || problem.code === 'FIELDS_MISSING' || problem.code === 'VERSION_STALE' ? null : (
        <ProblemNotice problem={problem} />
      )}
      <div className="form-buttons">
        {mayRegister ? (
          <Button
            type="submit"
            loading={register.isPending}
            disabled={save.isPending}
            leftSection={<IconSend size={18} aria-hidden className="flip" />}
          >
            {t('case.saveAndRegister')}
          </Button>
        ) : null}
        <Button
          variant="default"
          onClick={onSave}
          loading={save.isPending}
          disabled={register.isPending || !form.isDirty()}
          leftSection={<IconDeviceFloppy size={18} aria-hidden />}
        >
          {t('case.save')}
        </Button>
        <span className="faint" role="status">
          {form.isDirty() ? t('case.unsaved') : ' '}
        </span>
      </div>
    </form>
  );
}

/** After a refusal the first field that is missing gets the keyboard. */
function focusFirst(fields: readonly string[]): void {
  requestAnimationFrame(() => {
    const found = fields
      .map((field) => document.querySelector<HTMLElement>(`[data-field="${field}"]`))
      .find((element) => element !== null);
    found?.focus();
  });
}
