import {
  IconArrowBack,
  IconArrowForwardUp,
  IconCircleCheck,
  IconCircleDashed,
  IconExchange,
  IconGavel,
  IconInbox,
  IconLock,
  IconMessageCheck,
  IconUsersGroup,
} from '@tabler/icons-react';
import { useLanguage } from '../i18n/use-language';

type Tone = 'quiet' | 'wait' | 'out' | 'back' | 'good' | 'law' | 'done';

const looks: Readonly<Record<string, readonly [Tone, typeof IconInbox]>> = {
  OPEN_PAGE: ['quiet', IconCircleDashed],
  REGISTERED: ['wait', IconInbox],
  WITH_SECOND_LINE: ['wait', IconInbox],
  WITH_THIRD_LINE: ['out', IconUsersGroup],
  TRANSFERRED_EXTERNALLY: ['out', IconArrowForwardUp],
  CONFRONTATION: ['law', IconGavel],
  SETTLED: ['good', IconCircleCheck],
  WITH_PROSECUTION: ['law', IconGavel],
  REPLY_RETURNED: ['back', IconArrowBack],
  REPORTER_INFORMED: ['good', IconMessageCheck],
  CLOSED: ['done', IconLock],
  REDIRECTED_OUT_OF_JURISDICTION: ['done', IconExchange],
};

/** Where the case stands: words, a sign, and only then a colour. */
export function StageBadge({ stage }: { stage: string }) {
  const { t } = useLanguage();
  const [tone, Icon] = looks[stage] ?? ['done', IconCircleCheck];
  return (
    <span className={`stage stage-${tone}`}>
      <Icon size={15} stroke={2} aria-hidden className="flip-some" />
      {t(`stages.${stage}`)}
    </span>
  );
}
