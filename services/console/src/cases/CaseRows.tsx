import { IconAlertCircle } from '@tabler/icons-react';
import { useCallback, useRef } from 'react';
import { Link, useNavigate } from 'react-router';
import { type CaseRow, type Profile } from '../api/types';
import { useLanguage } from '../i18n/use-language';
import { useShortcut } from '../layout/shortcut-keys';
import { type Words } from '../text/names';
import { When } from '../text/When';
import { CaseMarks } from './CaseMarks';
import { StageBadge } from './StageBadge';

/** The list itself: a table on wide screens, the same rows as cards on narrow ones. j and k walk through it. */
export function CaseRows({
  rows,
  tenant,
  profile,
  words,
}: {
  rows: readonly CaseRow[];
  tenant: string;
  profile: Profile | undefined;
  words: Words;
}) {
  const { t } = useLanguage();
  const body = useRef<HTMLTableSectionElement>(null);
  const walk = useCallback((step: 1 | -1) => {
    const links = [...(body.current?.querySelectorAll<HTMLAnchorElement>('a.case-link') ?? [])];
    const at = links.findIndex((link) => link === document.activeElement);
    const next =
      at === -1 ? (step === 1 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, at + step));
    links[next]?.focus();
  }, []);
  useShortcut(
    { code: 'KeyJ' },
    useCallback(() => walk(1), [walk]),
  );
  useShortcut(
    { code: 'KeyK' },
    useCallback(() => walk(-1), [walk]),
  );
  const heads = ['number', 'category', 'stage', 'owner', 'age', 'due'] as const;
  return (
    <table className="cases">
      <thead>
        <tr>
          {heads.map((head) => (
            <th key={head} scope="col">
              {t(`list.${head}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody ref={body}>
        {rows.map((row) => (
          <Row key={row.caseId} row={row} tenant={tenant} timeZone={profile?.timeZone} words={words} />
        ))}
      </tbody>
    </table>
  );
}

function Row({
  row,
  tenant,
  timeZone,
  words,
}: {
  row: CaseRow;
  tenant: string;
  timeZone: string | undefined;
  words: Words;
}) {
  const { t } = useLanguage();
  const navigate = useNavigate();
  const address = `/${tenant}/cases/${row.caseId}`;
  return (
    <tr className={row.overdue ? 'late' : ''} onClick={() => void navigate(address)}>
      <td className="cell-number">
        <Link to={address} className="case-link" onClick={(event) => event.stopPropagation()}>
          {row.caseNumber === undefined ? (
            t('list.unnumbered')
          ) : (
            <bdi className="number">{row.caseNumber}</bdi>
          )}
        </Link>
        <span className="under">{words.code(row.caseType)}</span>
      </td>
      <td data-label={t('list.category')}>
        {words.code(row.category)}
        <span className="under">{words.code(row.channel)}</span>
      </td>
      <td className="cell-stage">
        <StageBadge stage={row.stage} />
        <CaseMarks row={row} withOverdue={false} />
      </td>
      <td data-label={t('list.owner')}>
        {row.owner === undefined ? (
          <span className="faint">{t('list.unowned')}</span>
        ) : (
          words.owner(row.owner)
        )}
      </td>
      <td className="cell-time" data-label={t('list.age')}>
        <When at={row.registeredAt ?? row.openedAt} style="age" timeZone={timeZone} />
      </td>
      <td className="cell-time" data-label={t('list.due')}>
        <Due row={row} timeZone={timeZone} />
      </td>
    </tr>
  );
}

/** A late one says so in words. */
export function Due({ row, timeZone }: { row: CaseRow; timeZone: string | undefined }) {
  const { t } = useLanguage();
  if (row.dueAt === undefined) return <span className="faint">—</span>;
  if (!row.overdue)
    return <When at={row.dueAt} style={row.phase === 'terminal' ? 'day' : 'age'} timeZone={timeZone} />;
  return (
    <span className="overdue">
      <span className="overdue-word">
        <IconAlertCircle size={16} aria-hidden />
        {t('marks.overdue')}
      </span>{' '}
      <When at={row.dueAt} style="age" timeZone={timeZone} />
    </span>
  );
}
