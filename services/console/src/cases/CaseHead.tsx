import { IconChevronLeft } from '@tabler/icons-react';
import { type ReactNode } from 'react';
import { Link } from 'react-router';
import { type CasePage } from '../api/types';
import { useLanguage } from '../i18n/use-language';
import { type Words } from '../text/names';
import { When } from '../text/When';
import { CaseMarks } from './CaseMarks';
import { Due } from './CaseRows';
import { StageBadge } from './StageBadge';

export function CaseHead({
  page,
  words,
  timeZone,
  home,
}: {
  page: CasePage;
  words: Words;
  timeZone: string | undefined;
  home: string;
}) {
  const { t } = useLanguage();
  const { case: it } = page;
  return (
    <header className="case-head">
      <Link to={home} className="back">
        <IconChevronLeft size={18} aria-hidden className="back-icon" />
        {t('case.back')}
      </Link>
      <div className="case-title">
        <h1>
          {it.caseNumber === undefined ? t('list.unnumbered') : <bdi className="number">{it.caseNumber}</bdi>}
        </h1>
        <StageBadge stage={it.stage} />
        <CaseMarks row={it} />
      </div>
      <dl className="facts">
        <Fact name={t('case.type')}>{words.code(it.caseType)}</Fact>
        <Fact name={t('case.category')}>{words.code(it.category)}</Fact>
        <Fact name={t('case.channel')}>{words.code(it.channel)}</Fact>
        <Fact name={t('case.owner')}>{it.owner === undefined ? null : words.owner(it.owner)}</Fact>
        <Fact name={t('case.due')}>
          {it.dueAt === undefined ? null : <Due row={it} timeZone={timeZone} />}
        </Fact>
        <Fact name={it.registeredAt === undefined ? t('case.opened') : t('case.registered')}>
          <When at={it.registeredAt ?? it.openedAt} timeZone={timeZone} />
        </Fact>
        <Fact name={t('case.outcome')}>{it.outcome === undefined ? null : words.code(it.outcome)}</Fact>
        <Fact name={t('case.redirectedTo')}>
          {it.redirectedTo === undefined ? null : words.code(it.redirectedTo)}
        </Fact>
        <Fact name={t('case.original')}>
          {it.originalNumber === undefined ? null : <bdi className="number">{it.originalNumber}</bdi>}
        </Fact>
        <Fact name={t('case.closed')}>
          {it.closedAt === undefined ? null : <When at={it.closedAt} timeZone={timeZone} />}
        </Fact>
      </dl>
    </header>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  if (children === null || children === '') return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
