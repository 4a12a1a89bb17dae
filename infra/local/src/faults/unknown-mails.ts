import { type Evidence } from './checks';
import { type Played } from './story-players';

interface UnknownMail {
  readonly number: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const unknownMails = `
select r.data::json->>'caseNumber' as number, (extract(epoch from f.stored_at) * 1000)::float8 as at
from eventstore.events f join eventstore.events r on r.stream = f.stream and r.type = 'CaseRegistered'
where f.type = 'NotificationFailed' and f.data::json->>'reason' = 'OUTCOME_UNKNOWN' and exists (
  select from eventstore.events s where s.stream = 'message-' || (f.data::json->>'messageId')
    and s.type = 'MessageSubmitted' and s.data::json->>'channel' = 'EMAIL')`;

/** What a story says that waits for a mail, or for what follows from its acceptance. */
const waitsForMail = /EMAIL message|NotificationSent|ReporterInformed|REPORTER_NOT_INFORMED/;
const numberIn = /[A-Z]{3,}(?:-[A-Z]+)?-\d{4}-\d{6}/;

/**
 * Stories that could not go on because a mail server cannot be asked: a mail that a fault left with an unknown outcome is shown
 * to line 2 and never sent again blindly (design §3.14), and the story waits for it in vain. Each such mail stands for one story
 * that failed while it happened; any other failure stays a problem.
 */
export async function endedByUnknownMail(
  evidence: Pick<Evidence, 'query'>,
  failed: readonly Played[],
): Promise<ReadonlySet<Played>> {
  if (failed.length === 0) return new Set();
  const left = [...(await evidence.query<UnknownMail>(unknownMails))];
  const ended = new Set<Played>();
  for (const story of failed) {
    const problem = story.problem ?? '';
    if (!waitsForMail.test(problem)) continue;
    const [named] = numberIn.exec(problem) ?? [];
    const mail = left.findIndex(
      ({ number, at }) =>
        (named === undefined || named === number) && at >= story.startedAt && at <= story.endedAt,
    );
    if (mail < 0) continue;
    left.splice(mail, 1);
    ended.add(story);
  }
  return ended;
}
