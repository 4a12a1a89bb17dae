import {
  type ActionDefinition,
  type ActionField,
  type Situation,
  area,
  named,
  select,
  text,
  values,
} from './action';
import { ownerField } from './owner-field';
import { answered, beingSolved, dispatch, informed, withSecondLine } from './stages';

/** A suggestion is for information: it is answered with thanks, without a resolution (AMB-25). */
const isSuggestion = ({ view }: Situation): boolean =>
  view.phase === 'registered' && view.caseType === 'SUGGESTION' && view.stage !== 'REPORTER_INFORMED';
const tellable = (s: Situation): boolean =>
  answered(s) || (s.view.phase === 'registered' && s.progress.replyIssued && !informed(s));
const toldChannels = values('PHONE', 'SMS', 'EMAIL', 'WHATSAPP', 'FAX', 'SOCIAL', 'IN_PERSON', 'LETTER');

const none = (): readonly ActionField[] => [];
const ownerIsAgency = ({ view }: Situation): boolean => view.owner?.kind === 'AGENCY';
const activeAgencies = ({ profile }: Situation) => profile.agencies.filter((a) => a.mode !== 'OFF');

/** The distributor delivers, follows up, informs, closes (MUS-10 … MUS-15). */
export const secondLineActions: readonly ActionDefinition[] = [
  dispatch(
    'refer',
    'referCase',
    'case.refer',
    withSecondLine,
    (s) => [{ ...ownerField(s, false), required: ownerIsAgency(s) }, area('note', false)],
    (s) => !ownerIsAgency(s),
  ),
  dispatch(
    'transfer',
    'transferCase',
    'case.transfer',
    (s) => withSecondLine(s) && activeAgencies(s).length > 0,
    (s) => [
      select('agency', named(activeAgencies(s)), ownerIsAgency(s) ? s.view.owner?.code : undefined),
      area('note', false),
    ],
    ownerIsAgency,
  ),
  {
    action: 'correct-routing',
    service: 'routing',
    method: 'correctRouting',
    permission: 'case.correct-routing',
    offered: (s) => withSecondLine(s) && s.view.owner !== undefined,
    fields: (s) => [{ ...ownerField(s, true), required: true }, text('reason', true, 500)],
  },
  dispatch(
    'follow-up',
    'recordFollowUp',
    'case.follow-up',
    (s) => beingSolved(s) || withSecondLine(s),
    () => [area('note', true)],
    beingSolved,
  ),
  dispatch(
    'reply',
    'issueReply',
    'case.reply',
    (s) => (answered(s) || isSuggestion(s)) && !s.progress.replyIssued,
    (s) => [
      area('reply', !answered(s)),
      { name: 'legalClauses', kind: 'lines', required: false, maxLength: 300 },
    ],
    answered,
  ),
  dispatch('inform', 'recordReporterInformed', 'case.inform', tellable, () => [
    select('channel', toldChannels, 'PHONE'),
  ]),
  dispatch('contact-attempt', 'recordContactAttempt', 'case.inform', tellable, () => [
    select('channel', toldChannels, 'PHONE'),
    select('result', values('NO_ANSWER', 'WRONG_NUMBER')),
  ]),
  dispatch(
    'close',
    'closeCase',
    'case.close',
    (s) => informed(s) || (tellable(s) && unreached(s)),
    none,
    () => true,
  ),
  dispatch('reopen', 'reopenCase', 'case.reopen', mayBeReopened, () => [area('reason', true)]),
];

function unreached({ progress, profile }: Situation): boolean {
  return (
    progress.attempts >= profile.closing.unreachedAttempts &&
    progress.attemptChannels.length >= profile.closing.unreachedChannels
  );
}

const dayMs = 86_400_000;

/** Outcomes that came through the second line; the others were ended at first contact and are asked anew. */
const reopenable = ['RESOLVED', 'SETTLED', 'NOT_CONFIRMED', 'UNREACHED', 'REFERRED_TO_PROSECUTION'];

/** AMB-11; the deciding service counts the tenant's days, this only decides what is offered. */
function mayBeReopened({ view, profile, now }: Situation): boolean {
  if (view.stage !== 'CLOSED' || view.closedAt === undefined) return false;
  if (!reopenable.includes(view.outcome ?? '')) return false;
  return Date.parse(now) - Date.parse(view.closedAt) <= profile.closing.reopenWithinDays * dayMs;
}
