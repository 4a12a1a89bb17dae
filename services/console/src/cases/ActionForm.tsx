import { Button, MultiSelect, Select, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { type Problem } from '../api/problem';
import { type ActionField, type NextAction, type Option } from '../api/types';
import { useLanguage } from '../i18n/use-language';
import { type Words } from '../text/names';
import { ProblemNotice } from '../text/ProblemNotice';

interface Props {
  readonly next: NextAction;
  readonly words: Words;
  readonly pending: boolean;
  readonly problem: Problem | null;
  readonly send: (answers: object) => void;
  readonly cancel: () => void;
}
type Answers = Record<string, string | string[]>;

const empty = (field: ActionField): string | string[] => (field.kind === 'many' ? [] : (field.preset ?? ''));

/** The few questions of one act. Which ones is the back office's knowledge; this only asks them. */
export function ActionForm({ next, words, pending, problem, send, cancel }: Props) {
  const { t, language } = useLanguage();
  const form = useForm<Answers>({
    initialValues: Object.fromEntries(next.fields.map((field) => [field.name, empty(field)])),
    validate: Object.fromEntries(
      next.fields
        .filter((f) => f.required)
        .map((f) => [
          f.name,
          (value: string | string[]) =>
            value.length === 0 || (typeof value === 'string' && value.trim() === '') ? t('act.fillIn') : null,
        ]),
    ),
  });
  const hint = t(`actionHints.${next.action}`, { defaultValue: '' });
  const submit = (answers: Answers): void =>
    send(Object.fromEntries(next.fields.map((field) => [field.name, sent(field, answers[field.name])])));
  const label = (option: Option): string => option[language] ?? words.code(option.value);
  return (
    <form className="action-form" onSubmit={form.onSubmit(submit)} noValidate>
      <h3>{t(`actions.${next.action}`)}</h3>
      {hint === '' ? null : <p className="faint">{hint}</p>}
      {next.fields.map((field, i) => (
        <Field
          key={field.name}
          field={field}
          label={label}
          input={{ ...form.getInputProps(field.name), 'data-autofocus': i === 0 }}
        />
      ))}
      {problem === null || problem.code === 'VERSION_STALE' ? null : <ProblemNotice problem={problem} />}
      <div className="action-buttons">
        <Button type="submit" loading={pending}>
          {t(next.fields.length === 0 ? `actions.${next.action}` : 'act.send')}
        </Button>
        <Button variant="subtle" color="dark" onClick={cancel} disabled={pending}>
          {t('act.cancel')}
        </Button>
      </div>
    </form>
  );
}

function sent(field: ActionField, answer: string | string[] | undefined): string | string[] {
  if (field.kind === 'lines')
    return String(answer ?? '')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
  return answer ?? '';
}

function Field({
  field,
  label,
  input,
}: {
  field: ActionField;
  label: (option: Option) => string;
  input: object;
}) {
  const { t } = useLanguage();
  const common = {
    label: t(`fields.${field.name}`, { defaultValue: field.name }),
    withAsterisk: field.required,
    ...(field.maxLength === undefined ? {} : { maxLength: field.maxLength }),
    ...input,
  };
  const optional = field.required ? {} : { placeholder: t('act.optional') };
  const data = (field.options ?? []).map((option) => ({ value: option.value, label: label(option) }));
  switch (field.kind) {
    case 'select':
    case 'owner':
      return (
        <Select
          {...common}
          {...optional}
          data={data}
          searchable={data.length > 8}
          clearable={!field.required}
          clearButtonProps={{ 'aria-label': t('list.clear') }}
        />
      );
    case 'many':
      return (
        <MultiSelect
          {...common}
          {...optional}
          data={data}
          clearButtonProps={{ 'aria-label': t('list.clear') }}
        />
      );
    case 'textarea':
      return <Textarea {...common} {...optional} dir="auto" />;
    case 'lines':
      return <Textarea {...common} minRows={2} description={t('act.onePerLine')} dir="auto" />;
    case 'date':
      return <TextInput {...common} type="date" />;
    default:
      return <TextInput {...common} {...optional} dir="auto" autoComplete="off" />;
  }
}
