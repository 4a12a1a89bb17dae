import {
  IconArrowBackUp,
  IconBellRinging,
  IconClockExclamation,
  IconFlame,
  IconMailOff,
  IconTrendingUp,
} from '@tabler/icons-react';
import { type ReactNode } from 'react';
import { type CaseRow } from '../api/types';
import { useLanguage } from '../i18n/use-language';

/** What needs an eye: late, reminded, escalated, returned, not delivered. Each has a sign and a word. */
export function CaseMarks({ row, withOverdue = true }: { row: CaseRow; withOverdue?: boolean }) {
  const { t } = useLanguage();
  const urgent = row.priority === 'HIGH' || row.priority === 'URGENT';
  return (
    <span className="marks">
      {withOverdue && row.overdue ? (
        <Mark alarm icon={<IconClockExclamation size={15} />} text={t('marks.overdue')} />
      ) : null}
      {urgent ? (
        <Mark
          alarm={row.priority === 'URGENT'}
          icon={<IconFlame size={15} />}
          text={t(`marks.priority.${row.priority ?? ''}`)}
        />
      ) : null}
      {row.escalationLevel > 0 ? (
        <Mark
          alarm
          icon={<IconTrendingUp size={15} />}
          text={t('marks.escalated', { level: row.escalationLevel })}
        />
      ) : null}
      {row.reminders > 0 ? (
        <Mark icon={<IconBellRinging size={15} />} text={t('marks.reminders', { count: row.reminders })} />
      ) : null}
      {row.misroutes > 0 ? (
        <Mark icon={<IconArrowBackUp size={15} />} text={t('marks.misroutes', { count: row.misroutes })} />
      ) : null}
      {row.failedMessages > 0 ? (
        <Mark icon={<IconMailOff size={15} />} text={t('marks.failedMessages')} />
      ) : null}
    </span>
  );
}

function Mark({ icon, text, alarm = false }: { icon: ReactNode; text: string; alarm?: boolean }) {
  return (
    <span className={alarm ? 'mark mark-alarm' : 'mark'}>
      <span aria-hidden>{icon}</span>
      {text}
    </span>
  );
}
