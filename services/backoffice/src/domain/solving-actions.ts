import { type Stage } from '@balagh/case-events';
import {
  type ActionDefinition,
  type ActionField,
  type Option,
  type Situation,
  area,
  named,
  select,
  text,
  values,
} from './action';

const in_ =
  (...stages: readonly Stage[]) =>
  ({ view }: Situation): boolean =>
    view.phase === 'registered' && stages.includes(view.stage);

const withSecondLine = in_('WITH_SECOND_LINE');
const beingSolved = in_('WITH_THIRD_LINE', 'TRANSFERRED_EXTERNALLY', 'CONFRONTATION');
const withThirdLine = in_('WITH_THIRD_LINE', 'CONFRONTATION');
const answered = in_('REPLY_RETURNED', 'SETTLED', 'WITH_PROSECUTION');
const toldChannels = values('PHONE', 'SMS', 'EMAIL', 'WHATSAPP', 'FAX', 'SOCIAL', 'IN_PERSON', 'LETTER');

const dispatch = (
  action: string,
  method: string,
  permission: string,
  offered: ActionDefinition['offered'],
  fields: ActionDefinition['fields'],
  primary?: ActionDefinition['primary'],
): ActionDefinition => ({
  action,
  service: 'dispatch',
  method,
  permission,
  offered,
  fields,
  ...(primary ? { primary } : {}),
});

const none = (): readonly ActionField[] => [];
const ownerIsAgency = ({ view }: Situation): boolean => view.owner?.kind === 'AGENCY';
const activeAgencies = ({ profile }: Situation) => profile.agencies.filter((a) => a.mode !== 'OFF');

const secondLineActions: readonly ActionDefinition[] = [
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
    (s) => answered(s) && !s.progress.replyIssued,
    () => [area('reply', false), { name: 'legalClauses', kind: 'lines', required: false, maxLength: 300 }],
    () => true,
  ),
  dispatch('inform', 'recordReporterInformed', 'case.inform', answered, () => [
    select('channel', toldChannels, 'PHONE'),
  ]),
  dispatch('contact-attempt', 'recordContactAttempt', 'case.inform', answered, () => [
    select('channel', toldChannels, 'PHONE'),
    select('result', values('NO_ANSWER', 'WRONG_NUMBER')),
  ]),
  dispatch(
    'close',
    'closeCase',
    'case.close',
    (s) =>
      s.view.phase === 'registered' &&
      (s.view.stage === 'REPORTER_INFORMED' || (answered(s) && unreached(s))),
    none,
    () => true,
  ),
  dispatch('reopen', 'reopenCase', 'case.reopen', mayBeReopened, () => [area('reason', true)]),
];

const thirdLineActions: readonly ActionDefinition[] = [
  dispatch(
    'acknowledge',
    'acknowledge',
    'case.acknowledge',
    (s) => withThirdLine(s) && !s.progress.acknowledged,
    () => [text('externalReference', false, 100)],
    () => true,
  ),
  dispatch(
    'send-team',
    'sendFieldTeam',
    'case.send-team',
    (s) => withThirdLine(s) && s.profile.teams.length > 0 && s.progress.teamId === undefined,
    (s) => [select('teamId', named(s.profile.teams))],
  ),
  dispatch(
    'record-verification',
    'recordVerification',
    'case.verify-in-field',
    (s) => withThirdLine(s) && s.progress.teamId !== undefined && s.progress.verification === undefined,
    (s) => [
      select('teamId', named(s.profile.teams), s.progress.teamId),
      select('result', values('CONFIRMED', 'NOT_CONFIRMED')),
      area('findings', false),
    ],
    () => true,
  ),
  dispatch(
    'legal-action',
    'recordLegalAction',
    'case.take-legal-action',
    (s) => withThirdLine(s) && s.progress.verification === 'CONFIRMED',
    (s) => [
      {
        ...text('basis', legalBasis(s) === undefined),
        ...(legalBasis(s) === undefined ? {} : { preset: legalBasis(s) ?? '' }),
      },
    ],
  ),
  dispatch(
    'issue-summons',
    'issueSummons',
    'case.summon',
    (s) => withThirdLine(s) && confronts(s) && !s.progress.summoned,
    () => [{ name: 'date', kind: 'date', required: true }],
    () => true,
  ),
  dispatch(
    'record-confrontation',
    'recordConfrontation',
    'case.confront',
    (s) => withThirdLine(s) && s.progress.summoned && s.progress.confrontation === undefined,
    () => [
      select('result', values('SETTLEMENT_REACHED', 'NO_SETTLEMENT', 'NOT_HELD')),
      { name: 'attended', kind: 'many', required: false, options: values('COMPLAINANT', 'RESPONDENT') },
    ],
    () => true,
  ),
  dispatch(
    'settle',
    'recordSettlement',
    'case.settle',
    (s) => withThirdLine(s) && s.progress.confrontation === 'SETTLEMENT_REACHED',
    () => [area('terms', true), text('lawReference', true)],
    () => true,
  ),
  dispatch(
    'prosecute',
    'referToProsecution',
    'case.prosecute',
    (s) => withThirdLine(s) && s.progress.confrontation === 'NO_SETTLEMENT',
    () => [text('lawReference', true)],
    () => true,
  ),
  dispatch('add-action', 'addAction', 'case.act', beingSolved, () => [
    area('description', true),
    select('state', values('OPEN', 'DONE'), 'OPEN'),
  ]),
  dispatch(
    'return-resolution',
    'returnResolution',
    'case.resolve',
    in_('WITH_THIRD_LINE'),
    (s) => [
      area('resolution', true),
      select(
        'result',
        values('SOLVED', 'NOT_CONFIRMED', 'REJECTED'),
        s.progress.verification === 'NOT_CONFIRMED' ? 'NOT_CONFIRMED' : 'SOLVED',
      ),
    ],
    (s) => s.progress.acknowledged && !confronts(s),
  ),
  dispatch('return-misrouted', 'returnAsMisrouted', 'case.return-misrouted', in_('WITH_THIRD_LINE'), () => [
    text('reason', true, 500),
  ]),
];

export const solvingActions: readonly ActionDefinition[] = [...secondLineActions, ...thirdLineActions];

const category = ({ view, profile }: Situation) => profile.categories.find((c) => c.code === view.category);
const legalBasis = (s: Situation): string | undefined => category(s)?.legalBasis;
const confronts = (s: Situation): boolean => category(s)?.confrontation === true;

function unreached({ progress, profile }: Situation): boolean {
  return (
    progress.attempts >= profile.closing.unreachedAttempts &&
    progress.attemptChannels.length >= profile.closing.unreachedChannels
  );
}

const dayMs = 86_400_000;

/** AMB-11; the deciding service counts the tenant's days, this only decides what is offered. */
function mayBeReopened({ view, profile, now }: Situation): boolean {
  if (view.stage !== 'CLOSED' || view.closedAt === undefined) return false;
  if (view.outcome === 'CANCELLED_DUPLICATE' || view.outcome === 'REFERRED_TO_PROSECUTION') return false;
  return Date.parse(now) - Date.parse(view.closedAt) <= profile.closing.reopenWithinDays * dayMs;
}

/** Values read `KIND:CODE` or `DIRECTORATE:CODE:SECTION`. */
function ownerField({ view, profile }: Situation, agencies: boolean): ActionField {
  const kinds = [
    ['UNIT', profile.units],
    ['COMMITTEE', profile.committees],
    ['OFFICE', profile.offices],
  ] as const;
  const options: Option[] = profile.directorates.flatMap((d) => [
    { value: `DIRECTORATE:${d.code}`, ...d.names },
    ...d.sections.map((s) => ({
      value: `DIRECTORATE:${d.code}:${s.code}`,
      ar: `${d.names.ar} — ${s.names.ar}`,
      en: `${d.names.en} — ${s.names.en}`,
    })),
  ]);
  for (const [kind, parties] of kinds)
    options.push(...parties.map((p) => ({ value: `${kind}:${p.code}`, ...p.names })));
  if (agencies)
    options.push(
      ...profile.agencies
        .filter((a) => a.mode !== 'OFF')
        .map((a) => ({ value: `AGENCY:${a.code}`, ...a.names })),
    );
  const { owner } = view;
  const preset =
    owner && [owner.kind, owner.code, ...(owner.section === undefined ? [] : [owner.section])].join(':');
  const known = preset !== undefined && options.some((o) => o.value === preset);
  return { name: 'owner', kind: 'owner', required: false, options, ...(known ? { preset } : {}) };
}
