import { IconCircle, IconCircleCheckFilled } from '@tabler/icons-react';
import { type CasePage, type Names } from '../api/types';
import { useLanguage } from '../i18n/use-language';
import { isFilled } from './form-state';

interface Props {
  readonly required: ReadonlyMap<string, Names>;
  /** What the last refused registration named, in the server's own words. */
  readonly refused: ReadonlyMap<string, Names>;
  readonly values: Readonly<Record<string, unknown>>;
  readonly page: CasePage;
}

/** What is still needed before the report gets its number (KWT-11); ticks itself off while the agent types. */
export function MissingFields({ required, refused, values, page }: Props) {
  const { t, nameOf } = useLanguage();
  const all = new Map([...required, ...refused]);
  if (all.size === 0) return null;
  const open = [...all.keys()].filter((field) => !isFilled(field, values, page));
  return (
    <section
      className={refused.size > 0 && open.length > 0 ? 'missing missing-refused' : 'missing'}
      aria-live="polite"
    >
      <p className="missing-title">{open.length === 0 ? t('case.nothingMissing') : t('case.missing')}</p>
      <ul>
        {[...all].map(([field, names]) => {
          const done = isFilled(field, values, page);
          return (
            <li key={field} className={done ? 'done' : ''}>
              {done ? <IconCircleCheckFilled size={18} aria-hidden /> : <IconCircle size={18} aria-hidden />}
              {nameOf(names)}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
