import { type CaseView, foldCase, initialCaseView } from '@balagh/case-events';
import { permissions } from '@balagh/runtime';
import { type Situation } from '../src/domain/action';
import { actionCatalogue } from '../src/domain/action-catalogue';
import { initialProgress, progressOf } from '../src/domain/case-progress';
import { nextActions } from '../src/domain/next-actions';
import { staffOf } from '../src/application/staff-of';
import { CaseWorld, SEC_CLEANING, agent, cleaning, distributor, profileOf, roads, staff } from './case-world';

const MUS = profileOf('MUS');
const now = '2026-03-01T08:00:00.000Z';
const at = (view: Partial<CaseView>, more: Partial<Situation> = {}): Situation => ({
  view: {
    ...initialCaseView,
    phase: 'registered',
    owner: SEC_CLEANING,
    category: 'CLEANLINESS',
    caseType: 'REPORT',
    ...view,
  },
  progress: initialProgress,
  profile: MUS,
  linesHeld: [],
  now,
  ...more,
});
const offered = (situation: Situation, who = distributor): readonly string[] =>
  nextActions(situation, staffOf(who)).map((next) => next.action);

describe('next possible actions', () => {
  it('let line 1 fill and register an open page, and nobody else', () => {
    const open = at({ stage: 'OPEN_PAGE', phase: 'open' });
    expect(offered(open, agent)).toEqual(['register', 'fill', 'attach']);
    expect(offered(open, distributor)).toEqual([]);
  });

  it('offer nobody a second line of the same case, unless the organisation lets one person hold both', () => {
    const both = staff(['LINE1', 'LINE2']);
    const waiting = at({ stage: 'WITH_SECOND_LINE' });
    expect(offered({ ...waiting, linesHeld: ['1'] }, both)).toEqual([]);
    expect(offered({ ...waiting, linesHeld: ['2'] }, both)).toContain('refer');
    const together = { ...MUS, linesHeldTogether: ['1+2' as const] };
    expect(offered({ ...waiting, linesHeld: ['1'], profile: together }, both)).toContain('refer');
  });

  it('let line 1 answer an inquiry at first contact, but not a report', () => {
    const form = { filled: [], caseType: 'INQUIRY' } as const;
    const { caseType: _, ...rest } = at({ stage: 'OPEN_PAGE', phase: 'open' }).view;
    expect(
      nextActions({ ...at({}), view: { ...rest, form: { ...form, filled: [] } } }, staffOf(agent))[0]?.action,
    ).toBe('answer');
    expect(offered(at({ stage: 'WITH_SECOND_LINE' }), agent)).toEqual([]);
  });

  it('let line 1 decline only what the organisation declines', () => {
    const pama = profileOf('KWT-PAMA');
    const form = { filled: ['subject'], caseType: 'INQUIRY', subject: 'BALANCE' } as const;
    const open = at(
      { stage: 'OPEN_PAGE', phase: 'open', form: { ...form, filled: [...form.filled] } },
      { profile: pama },
    );
    const who = staff(['LINE1'], { tenants: ['KWT-PAMA'] });
    expect(offered(open, who)).toContain('decline');
    expect(offered({ ...open, view: { ...open.view, form: { filled: [] } } }, who)).not.toContain('decline');
  });

  it('let the distributor deliver inside first when the proposed owner is inside, else transfer first', () => {
    expect(offered(at({ stage: 'WITH_SECOND_LINE' }))).toEqual([
      'refer',
      'transfer',
      'correct-routing',
      'follow-up',
    ]);
    const agency = at({ stage: 'WITH_SECOND_LINE', owner: { kind: 'AGENCY', code: 'HAYA_WATER' } });
    expect(offered(agency)[0]).toBe('transfer');
    expect(nextActions(agency, staffOf(distributor))[0]?.fields[0]).toMatchObject({
      name: 'agency',
      preset: 'HAYA_WATER',
    });
  });

  it('offer no agency whose link is off', () => {
    const transfer = nextActions(at({ stage: 'WITH_SECOND_LINE' }), staffOf(distributor)).find(
      (next) => next.action === 'transfer',
    );
    expect(transfer?.fields[0]?.options?.map((option) => option.value)).toEqual([
      'HAYA_WATER',
      'OMANTEL',
      'OOREDOO',
    ]);
  });

  it('propose the owner that the rules chose', () => {
    const [refer] = nextActions(at({ stage: 'WITH_SECOND_LINE' }), staffOf(distributor));
    expect(refer?.fields[0]).toMatchObject({
      kind: 'owner',
      preset: 'DIRECTORATE:DIR-SERVICES:SEC-CLEANING',
      required: false,
    });
  });

  it('let only the party’s own people act for it', () => {
    const out = at({ stage: 'WITH_THIRD_LINE' });
    expect(offered(out, cleaning)).toEqual([
      'acknowledge',
      'send-team',
      'add-action',
      'return-resolution',
      'return-misrouted',
    ]);
    expect(offered(out, roads)).toEqual([]);
    expect(offered(out, distributor)).toEqual(['follow-up', 'add-action']);
  });

  it('offer legal action only after a confirmed verification', () => {
    const out = at({ stage: 'WITH_THIRD_LINE' });
    const sent = { ...initialProgress, acknowledged: true, teamId: 'TEAM-INSPECTION-1' };
    expect(offered({ ...out, progress: sent }, cleaning)).toContain('record-verification');
    expect(offered({ ...out, progress: sent }, cleaning)).not.toContain('legal-action');
    expect(offered({ ...out, progress: { ...sent, verification: 'NOT_CONFIRMED' } }, cleaning)).not.toContain(
      'legal-action',
    );
    expect(offered({ ...out, progress: { ...sent, verification: 'CONFIRMED' } }, cleaning)).toContain(
      'legal-action',
    );
  });

  it('lead a consumer’s complaint through summons and confrontation', () => {
    const moci = profileOf('KWT-MOCI');
    const owner = { kind: 'DIRECTORATE', code: 'CONSUMER_PROTECTION' } as const;
    const officer = staff(['LINE3'], { tenants: ['KWT-MOCI'], party: { code: 'CONSUMER_PROTECTION' } });
    const step = (progress: Partial<Situation['progress']>, stage: CaseView['stage'] = 'CONFRONTATION') =>
      offered(
        at(
          { stage, owner, category: 'CONSUMER_COMPLAINT' },
          { profile: moci, progress: { ...initialProgress, acknowledged: true, ...progress } },
        ),
        officer,
      );
    expect(step({}, 'WITH_THIRD_LINE')[0]).toBe('issue-summons');
    expect(step({ summoned: true })[0]).toBe('record-confrontation');
    expect(step({ summoned: true, confrontation: 'SETTLEMENT_REACHED' })[0]).toBe('settle');
    expect(step({ summoned: true, confrontation: 'NO_SETTLEMENT' })[0]).toBe('prosecute');
  });

  it('offer closing only when the reporter was informed, or attempts enough are documented', () => {
    const returned = at({ stage: 'REPLY_RETURNED' });
    expect(offered(returned)).toEqual(['reply', 'inform', 'contact-attempt']);
    expect(offered(at({ stage: 'REPORTER_INFORMED' }))).toEqual(['close']);
    const attempts = (n: number, ...attemptChannels: string[]) =>
      offered({ ...returned, progress: { ...initialProgress, attempts: n, attemptChannels } });
    expect(attempts(3, 'PHONE')).not.toContain('close');
    expect(attempts(2, 'PHONE', 'SMS')).not.toContain('close');
    expect(attempts(3, 'PHONE', 'SMS')).toContain('close');
  });

  it('offer reopening within the organisation’s days only, and nothing else on a closed page', () => {
    const closed = at({
      stage: 'CLOSED',
      phase: 'terminal',
      outcome: 'RESOLVED',
      closedAt: '2026-02-20T08:00:00.000Z',
    });
    expect(offered(closed)).toEqual(['reopen']);
    expect(offered({ ...closed, now: '2026-03-07T08:00:00.000Z' })).toEqual([]);
    expect(offered(closed, agent)).toEqual([]);
  });

  it('offer those who only look nothing at all', () => {
    for (const stage of ['WITH_SECOND_LINE', 'WITH_THIRD_LINE', 'REPLY_RETURNED'] as const) {
      expect(offered(at({ stage }), staff(['OFFICIAL']))).toEqual([]);
      expect(offered(at({ stage }), staff(['AUDITOR']))).toEqual([]);
    }
  });

  it('know only actions that the permission table knows', () => {
    const known = new Set<string>(Object.values(permissions).flat());
    expect(actionCatalogue.map((d) => d.permission).filter((permission) => !known.has(permission))).toEqual(
      [],
    );
  });
});

describe('progress of a case', () => {
  it('starts anew with each delivery', async () => {
    const world = new CaseWorld();
    const caseId = await world.referred(1);
    await world.write(caseId, { type: 'Acknowledged', data: { source: 'INTERNAL' } }, cleaning);
    expect(progressOf(await world.events(caseId)).acknowledged).toBe(true);
    await world.write(
      caseId,
      { type: 'CaseReturnedAsMisrouted', data: { from: SEC_CLEANING, reason: 'ليس لنا', count: 1 } },
      cleaning,
    );
    expect(progressOf(await world.events(caseId))).toEqual(initialProgress);
    expect(foldCase(await world.events(caseId)).stage).toBe('WITH_SECOND_LINE');
  });
});
