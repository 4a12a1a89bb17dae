import { useLanguage } from '../i18n/use-language';

type Style = 'moment' | 'day' | 'time' | 'age';

/** An instant (RFC 3339) in the organisation's time zone, in Western digits, set apart from the direction around it. */
export function When({
  at,
  timeZone,
  style = 'moment',
}: {
  at: string;
  timeZone?: string | undefined;
  style?: Style;
}) {
  const { language } = useLanguage();
  const shown = style === 'age' ? ageOf(at, language) : format(at, language, timeZone, style);
  return (
    <time dateTime={at} title={format(at, language, timeZone, 'moment')}>
      <bdi>{shown}</bdi>
    </time>
  );
}

const locales = { ar: 'ar-OM-u-nu-latn-ca-gregory', en: 'en-GB' } as const;
const styles: Record<Exclude<Style, 'age'>, Intl.DateTimeFormatOptions> = {
  moment: {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  },
  day: { day: 'numeric', month: 'short', year: 'numeric' },
  time: { hour: '2-digit', minute: '2-digit', hour12: false },
};

export function format(
  at: string,
  language: 'ar' | 'en',
  timeZone: string | undefined,
  style: Exclude<Style, 'age'>,
): string {
  const zone = timeZone === undefined ? {} : { timeZone };
  return new Intl.DateTimeFormat(locales[language], { ...styles[style], ...zone }).format(new Date(at));
}

const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** How long ago, or how long until, in the largest fitting unit. */
export function ageOf(at: string, language: 'ar' | 'en', now = Date.now()): string {
  const seconds = (new Date(at).getTime() - now) / 1_000;
  const [unit, size] = units.find(([, s]) => Math.abs(seconds) >= s) ?? (['minute', 60] as const);
  return new Intl.RelativeTimeFormat(locales[language], { numeric: 'auto' }).format(
    Math.trunc(seconds / size),
    unit,
  );
}
