import { Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { type CasePage, type Change, type TimelineEntry } from '../api/types';
import { useLanguage } from '../i18n/use-language';
import { type Words } from '../text/names';
import { When } from '../text/When';

/** Shown beside the sentence at once; the rest waits behind "details". */
const telling = new Set([
  'caseNumber',
  'owner',
  'agency',
  'note',
  'resolution',
  'reply',
  'answer',
  'reason',
  'description',
  'findings',
  'result',
  'outcome',
  'missing',
  'cleared',
  'originalNumber',
  'repeatNumber',
  'body',
  'terms',
  'date',
  'n',
  'to',
  'basis',
  'lawReference',
  'recipient',
  'priority',
  'dueAt',
  'kind',
]);

/** Acts of the system that a person must not overlook. */
const loud = new Set([
  'ReminderIssued',
  'CaseEscalated',
  'SlaBreached',
  'NotificationFailed',
  'DueDateRecomputed',
  'CaseRouted',
  'CaseRedirectedOutOfJurisdiction',
  'CaseClosed',
]);

/** The whole record, newest last, each line with who stood behind it (SYS-03). */
export function CaseTimeline({
  page,
  words,
  timeZone,
}: {
  page: CasePage;
  words: Words;
  timeZone: string | undefined;
}) {
  const { t } = useLanguage();
  return (
    <section className="card" aria-labelledby="timeline-title">
      <h2 id="timeline-title">{t('case.timeline')}</h2>
      <p className="faint">{t('case.timelineHint')}</p>
      <ol className="timeline">
        {page.timeline.map((entry) => (
          <Entry key={entry.revision} entry={entry} words={words} timeZone={timeZone} />
        ))}
      </ol>
    </section>
  );
}

function Entry({
  entry,
  words,
  timeZone,
}: {
  entry: TimelineEntry;
  words: Words;
  timeZone: string | undefined;
}) {
  const { t } = useLanguage();
  const [open, setOpen] = useState(false);
  // What the system did of itself stays one line until somebody asks.
  const first =
    entry.line === 'system' && !loud.has(entry.type)
      ? []
      : entry.changes.filter((change) => telling.has(change.key));
  const more = entry.changes.filter((change) => !first.includes(change));
  const late = Date.parse(entry.recordedAt) - Date.parse(entry.at) > 60_000;
  return (
    <li
      className={`event event-line-${entry.line}${entry.line === 'system' && !loud.has(entry.type) ? ' event-quiet' : ''}`}
    >
      <div className="event-head">
        <strong>{t(`events.${entry.type}`, { defaultValue: entry.type })}</strong>
        <When at={entry.at} timeZone={timeZone} />
      </div>
      <div className="event-who">
        <span className="line-name">{t(`line.${entry.line}`)}</span>
        {entry.actorKind === 'system' ? null : <bdi>{entry.actor}</bdi>}
        {entry.channel === undefined ? null : <span>{words.code(entry.channel)}</span>}
        {late ? (
          <span className="faint">
            <When at={entry.recordedAt} timeZone={timeZone} />
          </span>
        ) : null}
        {more.length === 0 ? null : (
          <Button variant="subtle" size="compact-xs" onClick={() => setOpen(!open)} aria-expanded={open}>
            {t(open ? 'case.hideDetails' : 'case.showDetails')}
          </Button>
        )}
      </div>
      <Changes changes={open ? [...first, ...more] : first} words={words} timeZone={timeZone} />
    </li>
  );
}

function Changes({
  changes,
  words,
  timeZone,
}: {
  changes: readonly Change[];
  words: Words;
  timeZone: string | undefined;
}) {
  const { t } = useLanguage();
  if (changes.length === 0) return null;
  return (
    <dl className="changes">
      {changes.map((change) => (
        <div key={change.key}>
          <dt>{t(`fields.${change.key}`, { defaultValue: change.key })}</dt>
          <dd>
            <Shown change={change} words={words} timeZone={timeZone} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Shown({
  change,
  words,
  timeZone,
}: {
  change: Change;
  words: Words;
  timeZone: string | undefined;
}): ReactNode {
  const { t, language } = useLanguage();
  const { kind, value, key } = change;
  if (value === '⊘') return <span className="erased">{t('case.erased')}</span>;
  if (value === '⊙') return <span className="erased">{t('case.hidden')}</span>;
  switch (kind) {
    case 'instant':
      return <When at={String(value)} timeZone={timeZone} />;
    case 'day':
      return <When at={`${String(value)}T12:00:00Z`} timeZone="UTC" style="day" />;
    case 'flag':
      return t(`options.${String(value)}`);
    case 'owner':
      return Array.isArray(value) ? words.owner(value as readonly string[]) : null;
    case 'codes': {
      const name = (code: string): string =>
        key === 'missing' || key === 'cleared'
          ? t(`fields.${code}`, { defaultValue: words.code(code) })
          : words.code(code);
      return Array.isArray(value)
        ? (value as readonly string[]).map(name).join(language === 'ar' ? '، ' : ', ')
        : null;
    }
    case 'code':
      return key === 'trigger' ? (
        t(`events.${String(value)}`, { defaultValue: String(value) })
      ) : (
        <bdi>{words.code(String(value))}</bdi>
      );
    case 'text':
      return (
        <span dir="auto">
          {key === 'trigger'
            ? t(`events.${String(value)}`, { defaultValue: String(value) })
            : words.code(String(value))}
        </span>
      );
    default:
      return <bdi dir="ltr">{String(value)}</bdi>;
  }
}
