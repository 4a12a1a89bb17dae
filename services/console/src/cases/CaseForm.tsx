import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDeviceFloppy, IconSend } from '@tabler/icons-react';
import { useState } from 'react';
import { api } from '../api/client';
import { type Problem, missingOf } from '../api/problem';
import { type CasePage, type CommandAnswer, type Names, type Profile } from '../api/types';
import { useCommand } from '../api/use-command';
import { useLanguage } from '../i18n/use-language';
import { useTenant } from '../session/use-session';
import { ProblemNotice } from '../text/ProblemNotice';
import { type Words } from '../text/names';
import { ContestedAnswers } from './ContestedAnswers';
import { ClassificationFields, ConsumerFields, DetailFields, ReporterFields } from './FormFields';
import { MissingFields } from './MissingFields';
import { type Filling, baseOf, fillingOf } from './form-base';
import { asksConsumer, requiredNow } from './form-state';
import { useSharedForm } from './use-shared-form';

interface Props {
  readonly page: CasePage;
  readonly profile: Profile;
  readonly words: Words;
  readonly stale: (problem: Problem) => void;
  readonly registered: (number: string) => void;
}

interface Registering {
  readonly seen: number;
  /** What is saved before. */
  readonly filling: Filling | undefined;
}

/** The form of an open page (MUS-09): saved as often as wished, then registered, which gives the number (MUS-10, MUS-11). */
export function CaseForm({ page, profile, words, stale, registered }: Props) {
  const { t, nameOf } = useLanguage();
  const tenant = useTenant();
  const [base, advance] = useState(() => baseOf(page));
  const [refused, setRefused] = useState<ReadonlyMap<string, Names>>(new Map());
  const { caseId } = page.case;
  /** Only what was sent counts as saved: the agent goes on typing meanwhile. */
  const save = useCommand<Filling, CommandAnswer>(async (key, { decisionVersion, answers, baseAt }) => {
    const answer = await api.act(tenant, key, { caseId, action: 'fill', decisionVersion, answers });
    advance(baseAt(answer.decisionVersion));
    return answer;
  });
  const register = useCommand<Registering, CommandAnswer>(async (key, { seen, filling }) => {
    const saved = filling === undefined ? undefined : await save.mutateAsync(filling);
    const decisionVersion = saved?.decisionVersion ?? seen;
    const answer = await api.act(tenant, key, { caseId, action: 'register', decisionVersion, answers: {} });
    // Told here, not in a callback of `mutate`: by then the reloaded page has taken this form away.
    registered(answer.caseNumber);
    return answer;
  });
  const busy = save.isPending || register.isPending;
  const { form, unsaved, contested, keepMine, takeTheirs } = useSharedForm(page, { base, advance, busy });
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
  const saved = (): void => {
    notifications.show({
      message: t('case.saved'),
      color: 'teal',
      closeButtonProps: { 'aria-label': t('layout.close') },
    });
  };
  const onSave = (): void => {
    const filling = fillingOf(base, form.getValues());
    if (filling !== undefined) save.mutate(filling, { onSuccess: saved, onError: failed });
  };
  const onRegister = (): void =>
    register.mutate(
      { seen: base.decisionVersion, filling: fillingOf(base, form.getValues()) },
      { onError: failed },
    );
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
      <ContestedAnswers names={contested} {...{ page, words, keepMine, takeTheirs }} />
      <div className="form-buttons">
        {mayRegister ? (
          <Button
            type="submit"
            loading={register.isPending}
            disabled={save.isPending || contested.length > 0}
            leftSection={<IconSend size={18} aria-hidden className="flip" />}
          >
            {t('case.saveAndRegister')}
          </Button>
        ) : null}
        <Button
          variant="default"
          onClick={onSave}
          loading={save.isPending}
          disabled={register.isPending || contested.length > 0 || fillingOf(base, form.values) === undefined}
          leftSection={<IconDeviceFloppy size={18} aria-hidden />}
        >
          {t('case.save')}
        </Button>
        <span className="faint" role="status">
          {unsaved.length > 0 ? t('case.unsaved') : ' '}
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
