import { Button, MultiSelect, Select, Textarea, TextInput } from '@mantine/core';
import { type UseFormReturnType } from '@mantine/form';
import { IconCurrentLocation } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { type Named, type Names, type Profile } from '../api/types';
import { useLanguage } from '../i18n/use-language';
import { type Answers } from './form-state';

export interface FieldsProps {
  readonly form: UseFormReturnType<Answers>;
  readonly profile: Profile;
  readonly required: ReadonlyMap<string, Names>;
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <fieldset className="fields">
      <legend>{title}</legend>
      <div className="fields-grid">{children}</div>
    </fieldset>
  );
}

/** Classification: the choices of each field follow from the one before it. */
export function ClassificationFields({ form, profile, required }: FieldsProps) {
  const { t } = useLanguage();
  const { caseType, category, directorate } = form.values;
  const categories = profile.categories.filter(
    (c) => c.caseTypes === undefined || caseType === '' || c.caseTypes.includes(String(caseType)),
  );
  const sections = profile.directorates.find((d) => d.code === directorate)?.sections ?? [];
  const choose = (name: string) => (value: string | null) => {
    form.setFieldValue(name, value ?? '');
    form.clearFieldError(name);
    if (name === 'directorate') form.setFieldValue('section', '');
    if (name === 'category') followCategory(form, profile, value);
  };
  const suggestion = caseType === 'SUGGESTION' && profile.themes.length > 0;
  return (
    <Group title={t('case.classification')}>
      <Choice name="caseType" from={profile.caseTypes} {...{ form, required, choose }} />
      <Choice name="category" from={categories} {...{ form, required, choose }} />
      {profile.subjects.length > 0 &&
      (required.has('subject') || category === '' || form.values['subject'] !== '') ? (
        <Choice name="subject" from={profile.subjects} {...{ form, required, choose }} />
      ) : null}
      {profile.sectors.length > 0 ? (
        <Choice name="sector" from={profile.sectors} {...{ form, required, choose }} />
      ) : null}
      {profile.directorates.length > 0 ? (
        <Choice name="directorate" from={profile.directorates} {...{ form, required, choose }} />
      ) : null}
      {profile.directorates.length > 0 ? (
        <Choice
          name="section"
          from={sections}
          disabled={sections.length === 0}
          {...{ form, required, choose }}
        />
      ) : null}
      {suggestion ? <Choice name="theme" from={profile.themes} {...{ form, required, choose }} /> : null}
    </Group>
  );
}

function followCategory(form: FieldsProps['form'], profile: Profile, category: string | null): void {
  const sector = profile.categories.find((c) => c.code === category)?.sector;
  if (sector !== undefined && form.values['sector'] === '') form.setFieldValue('sector', sector);
}

interface ChoiceProps {
  readonly name: string;
  readonly from: readonly Named[];
  readonly form: FieldsProps['form'];
  readonly required: FieldsProps['required'];
  readonly choose: (name: string) => (value: string | null) => void;
  readonly disabled?: boolean;
}

function Choice({ name, from, form, required, choose, disabled = false }: ChoiceProps) {
  const { t, nameOf } = useLanguage();
  const label = required.get(name);
  const value = String(form.values[name] ?? '');
  return (
    <Select
      label={label === undefined ? t(`fields.${name}`) : nameOf(label)}
      withAsterisk={required.has(name)}
      data={from.map(({ code, names }) => ({ value: code, label: nameOf(names) }))}
      value={from.some(({ code }) => code === value) ? value : null}
      onChange={choose(name)}
      error={form.errors[name]}
      searchable={from.length > 7}
      clearable={!required.has(name)}
      clearButtonProps={{ 'aria-label': t('list.clear') }}
      placeholder={t('act.choose')}
      disabled={disabled}
      data-field={name}
    />
  );
}

function Text({
  name,
  form,
  required,
  kind = 'text',
  ltr = false,
}: Pick<FieldsProps, 'form' | 'required'> & {
  name: string;
  kind?: 'text' | 'tel' | 'email' | 'decimal';
  ltr?: boolean;
}) {
  const { t, nameOf } = useLanguage();
  const label = required.get(name);
  return (
    <TextInput
      label={label === undefined ? t(`fields.${name}`) : nameOf(label)}
      withAsterisk={required.has(name)}
      type={kind === 'tel' || kind === 'email' ? kind : 'text'}
      inputMode={kind === 'text' ? 'text' : kind}
      dir={ltr ? 'ltr' : 'auto'}
      autoComplete="off"
      data-field={name}
      maxLength={300}
      {...form.getInputProps(name)}
    />
  );
}

export function DetailFields({ form, required }: FieldsProps) {
  const { t, nameOf } = useLanguage();
  const [failed, setFailed] = useState(false);
  const here = (): void => {
    setFailed(false);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) =>
        form.setValues({ latitude: coords.latitude.toFixed(6), longitude: coords.longitude.toFixed(6) }),
      () => setFailed(true),
      { timeout: 10_000 },
    );
  };
  const label = required.get('details');
  return (
    <Group title={t('case.details')}>
      <Textarea
        className="wide"
        label={label === undefined ? t('fields.details') : nameOf(label)}
        withAsterisk={required.has('details')}
        minRows={4}
        maxLength={8000}
        dir="auto"
        data-field="details"
        {...form.getInputProps('details')}
      />
      <Text name="address" {...{ form, required }} />
      <Text name="sourceReference" {...{ form, required }} />
      <Text
        name="latitude"
        kind="decimal"
        ltr
        form={form}
        required={
          required.has('location')
            ? new Map([...required, ['latitude', { ar: t('fields.latitude'), en: t('fields.latitude') }]])
            : required
        }
      />
      <div className="with-button">
        <Text name="longitude" kind="decimal" ltr {...{ form, required }} />
        <Button variant="default" onClick={here} aria-label={t('case.here')} title={t('case.here')}>
          <IconCurrentLocation size={20} aria-hidden />
        </Button>
      </div>
      {failed || form.errors['location'] !== undefined ? (
        <p className="field-error" role="alert">
          {failed ? t('case.hereFailed') : form.errors['location']}
        </p>
      ) : null}
    </Group>
  );
}

export function ReporterFields({ form, profile, required }: FieldsProps) {
  const { t, nameOf } = useLanguage();
  const choose = (name: string) => (value: string | null) => form.setFieldValue(name, value ?? '');
  const codes = (list: readonly string[]): readonly Named[] =>
    list.map((code) => ({ code, names: { ar: t(`options.${code}`), en: t(`options.${code}`) } }));
  return (
    <Group title={t('case.reporter')}>
      <Text name="reporterName" {...{ form, required }} />
      <Text name="phone" kind="tel" ltr {...{ form, required }} />
      <Text name="email" kind="email" ltr {...{ form, required }} />
      <Text name="civilNumber" ltr {...{ form, required }} />
      <Choice
        name="preferredChannel"
        from={codes([...new Set([...profile.reporterChannels, 'PHONE'])])}
        {...{ form, required, choose }}
      />
      <Choice name="language" from={codes(['ar', 'en'])} {...{ form, required, choose }} />
      {form.values['preferredChannel'] === 'SOCIAL' || form.values['socialHandle'] !== '' ? (
        <Text name="socialHandle" ltr {...{ form, required }} />
      ) : null}
      {profile.clientTypes.length > 0 ? (
        <Choice name="clientType" from={profile.clientTypes} {...{ form, required, choose }} />
      ) : null}
      {profile.needFlags.length > 0 ? (
        <MultiSelect
          label={t('fields.needFlags')}
          data={profile.needFlags.map(({ code, names }) => ({ value: code, label: nameOf(names) }))}
          clearable
          clearButtonProps={{ 'aria-label': t('list.clear') }}
          {...form.getInputProps('needFlags')}
        />
      ) : null}
    </Group>
  );
}

export function ConsumerFields({ form, required }: FieldsProps) {
  const { t } = useLanguage();
  const choose = (name: string) => (value: string | null) => form.setFieldValue(name, value ?? '');
  const sale: readonly Named[] = ['ONLINE', 'SHOP'].map((code) => ({
    code,
    names: { ar: t(`options.${code}`), en: t(`options.${code}`) },
  }));
  return (
    <Group title={t('case.more')}>
      <Choice name="saleChannel" from={sale} {...{ form, required, choose }} />
      <Text name="shopName" {...{ form, required }} />
      <Text name="shopAddress" {...{ form, required }} />
      <Text name="invoiceNumber" ltr {...{ form, required }} />
      <Text name="respondentName" {...{ form, required }} />
      <Text name="respondentPhone" kind="tel" ltr {...{ form, required }} />
    </Group>
  );
}
