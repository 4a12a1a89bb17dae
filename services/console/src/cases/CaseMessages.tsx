import { IconCheck, IconClock, IconX } from '@tabler/icons-react';
import { type CasePage, type MessageLine } from '../api/types';
import { useLanguage } from '../i18n/use-language';
import { type Words } from '../text/names';
import { When } from '../text/When';

const icons = { REQUESTED: IconClock, ACCEPTED: IconCheck, FAILED: IconX } as const;

/** What was sent about this case, to whom, by which channel, and what became of it. */
export function CaseMessages({
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
    <section className="card" aria-labelledby="messages-title">
      <h2 id="messages-title">{t('case.messages')}</h2>
      {page.messages.length === 0 ? <p className="faint">{t('case.noMessages')}</p> : null}
      <ul className="messages">
        {page.messages.map((message) => (
          <Message key={message.messageId} message={message} words={words} timeZone={timeZone} />
        ))}
      </ul>
    </section>
  );
}

function Message({
  message,
  words,
  timeZone,
}: {
  message: MessageLine;
  words: Words;
  timeZone: string | undefined;
}) {
  const { t } = useLanguage();
  const Icon = icons[message.state];
  const by = message.channel ?? message.channels[0];
  return (
    <li className={`message message-${message.state.toLowerCase()}`}>
      <span className="message-icon" aria-hidden>
        <Icon size={16} />
      </span>
      <div>
        <strong>
          {t(`options.${message.recipient}`)}
          {message.recipientCode === undefined ? '' : `: ${words.code(message.recipientCode)}`}
        </strong>
        <span className="under">
          {t(`events.${message.trigger}`, { defaultValue: message.trigger })}
          {by === undefined ? '' : ` · ${words.code(by)}`}
        </span>
        <span className="under">
          {t(`messageStates.${message.state}`)}
          {message.reason === undefined ? '' : ` (${words.code(message.reason)})`}{' '}
          <When at={message.settledAt ?? message.requestedAt} timeZone={timeZone} style="moment" />
        </span>
      </div>
    </li>
  );
}
