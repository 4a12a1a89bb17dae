import { type ActionDefinition, type Situation, area, named, select, text, values } from './action';
import { atOwner, beingSolved, dispatch, withThirdLine } from './stages';

const category = ({ view, profile }: Situation) => profile.categories.find((c) => c.code === view.category);
const legalBasis = (s: Situation): string | undefined => category(s)?.legalBasis;
const confronts = (s: Situation): boolean => category(s)?.confrontation === true;

/** The responsible party takes, works, verifies, confronts and returns (MUS-13, QAT-05, KWT-08). */
export const thirdLineActions: readonly ActionDefinition[] = [
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
    atOwner,
    (s) => [
      area('resolution', true),
      select(
        'result',
        values('SOLVED', 'NOT_CONFIRMED', 'REJECTED'),
        s.progress.verification === 'NOT_CONFIRMED' ? 'NOT_CONFIRMED' : 'SOLVED',
      ),
      ...(s.profile.closing.lawReferenceRequired ? [text('lawReference', true)] : []),
    ],
    (s) => s.progress.acknowledged && !confronts(s),
  ),
  dispatch('return-misrouted', 'returnAsMisrouted', 'case.return-misrouted', atOwner, () => [
    text('reason', true, 500),
  ]),
];
