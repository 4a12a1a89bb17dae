import { type CasePage } from '../api/types';
import { useLanguage } from '../i18n/use-language';
import { type Words } from '../text/names';

const groups = [
  [
    'case.classification',
    ['directorate', 'section', 'sector', 'subject', 'theme', 'saleChannel', 'shopLicensed', 'otherBody'],
  ],
  [
    'case.reporter',
    [
      'reporterName',
      'phone',
      'email',
      'civilNumber',
      'socialHandle',
      'address',
      'preferredChannel',
      'language',
      'clientType',
      'needFlags',
    ],
  ],
  [
    'case.more',
    [
      'location',
      'shopName',
      'shopAddress',
      'invoiceNumber',
      'respondentName',
      'respondentPhone',
      'sourceReference',
    ],
  ],
] as const;

/** The form as it stands, to be read. */
export function CaseFormData({ page, words }: { page: CasePage; words: Words }) {
  const { t } = useLanguage();
  const { form } = page;
  const hidden = page.revealed === false;
  const has = (name: string): boolean => name in form;
  if (Object.keys(form).length === 0) {
    return (
      <section className="card">
        <h2>{t('case.form')}</h2>
        <p className="faint">{t('case.formEmpty')}</p>
      </section>
    );
  }
  return (
    <section className="card">
      <h2>{t('case.form')}</h2>
      {has('details') ? (
        <div className="details">
          <h3>{t('case.details')}</h3>
          <p dir="auto">
            {form['details'] === null ? <Unopened hidden={hidden} /> : String(form['details'])}
          </p>
        </div>
      ) : null}
      {groups.map(([title, names]) => {
        const present = names.filter(has);
        if (present.length === 0) return null;
        return (
          <div key={title} className="form-group">
            <h3>{t(title)}</h3>
            <dl className="data">
              {present.map((name) => (
                <div key={name}>
                  <dt>{t(`fields.${name}`)}</dt>
                  <dd>
                    <FormValue value={form[name]} words={words} hidden={hidden} />
                  </dd>
                </div>
              ))}
            </dl>
          </div>
        );
      })}
    </section>
  );
}

function Unopened({ hidden }: { hidden: boolean }) {
  const { t } = useLanguage();
  return <span className="erased">{t(hidden ? 'case.hidden' : 'case.erased')}</span>;
}

interface FormValueProps {
  readonly value: unknown;
  readonly words: Words;
  readonly hidden?: boolean;
}

/** One answer as it is read; `null` was erased, or is hidden from this person. */
export function FormValue({ value, words, hidden = false }: FormValueProps) {
  const { t, language } = useLanguage();
  if (value === null) return <Unopened hidden={hidden} />;
  if (Array.isArray(value))
    return <>{value.map((v) => words.code(String(v))).join(language === 'ar' ? '، ' : ', ')}</>;
  if (typeof value === 'boolean') return <>{t(`options.${String(value)}`)}</>;
  if (isPlace(value))
    return <bdi dir="ltr">{`${value.latitude.toFixed(5)}, ${value.longitude.toFixed(5)}`}</bdi>;
  const text = String(value);
  return <bdi>{/^[A-Z][A-Z0-9_-]+$|^(ar|en)$/.test(text) ? words.code(text) : text}</bdi>;
}

function isPlace(value: unknown): value is { latitude: number; longitude: number } {
  return value !== null && typeof value === 'object' && 'latitude' in value && 'longitude' in value;
}
