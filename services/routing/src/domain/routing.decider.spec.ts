import { type CaseEvent } from '@balagh/case-events';
import { fold, given } from '@balagh/decider';
import { proves } from '@balagh/testing';
import { opened, profileOf, registered } from '../../spec/history.fixture';
import { routingDecider } from './routing.decider';

const route = { type: 'RouteCase' } as const;
const mus = routingDecider(profileOf('MUS'));
const moci = routingDecider(profileOf('KWT-MOCI'));
const qat = routingDecider(profileOf('QAT-MME'));

const eventsOf = (decider: typeof mus, history: readonly CaseEvent[]): readonly CaseEvent[] => {
  const decision = decider.decide(route, fold(decider, history));
  if (decision.kind !== 'accepted') throw new Error(`rejected: ${decision.rejection.code}`);
  return decision.events;
};

describe('routing a registered case', () => {
  it('records jurisdiction, class, priority and owner, each with its rule and what the rule looked at', () => {
    given(mus, [opened(), registered({ directorate: 'DIR-SERVICES', section: 'SEC-CLEANING' })])
      .when(route)
      .then([
        { type: 'JurisdictionAssessed', data: { result: 'IN', ruleId: 'DEFAULT', inputs: {} } },
        {
          type: 'CaseClassified',
          data: {
            category: 'CLEANLINESS',
            directorate: 'DIR-SERVICES',
            section: 'SEC-CLEANING',
            ruleId: 'CLASSIFIED_BY_LINE_1',
            inputs: { category: 'CLEANLINESS', directorate: 'DIR-SERVICES', section: 'SEC-CLEANING' },
          },
        },
        {
          type: 'PriorityAssessed',
          data: { priority: 'NORMAL', handlingClass: 'NORMAL', ruleId: 'DEFAULT_PRIORITY', inputs: {} },
        },
        {
          type: 'CaseRouted',
          data: {
            owner: { kind: 'DIRECTORATE', code: 'DIR-SERVICES', section: 'SEC-CLEANING' },
            secondLineQueue: 'DISTRIBUTOR',
            ruleId: 'SECTION_TO_SEC-CLEANING',
            inputs: { directorate: 'DIR-SERVICES', section: 'SEC-CLEANING' },
          },
        },
      ]);
  });

  it('sends stray camels to the environmental sector by rule', () => {
    const routed = eventsOf(qat, [
      opened(),
      registered({ caseType: 'VIOLATION_REPORT', category: 'STRAY_CAMELS', sector: 'ENVIRONMENT' }),
    ]).at(-1);
    expect(routed).toEqual({
      type: 'CaseRouted',
      data: {
        owner: { kind: 'UNIT', code: 'ENV_SECTOR' },
        secondLineQueue: 'REFERRAL_DESK',
        ruleId: 'CAT_TO_SECTOR',
        inputs: { category: 'STRAY_CAMELS' },
      },
    });
  });

  it('uses the same rules for equal cases of different people', () => {
    proves('KWT-31');
    const one = eventsOf(mus, [
      opened('20000000-0000-4000-8000-00000000000a'),
      registered({ caseNumber: 'MUS-2026-000001' }),
    ]);
    const other = eventsOf(mus, [
      opened('20000000-0000-4000-8000-00000000000b'),
      {
        type: 'FormFilled',
        data: {
          form: {
            reporterName: 'sealed:v1:20000000-0000-4000-8000-00000000000b:bmFtZQ',
            filled: ['reporterName'],
          },
        },
      },
      registered({ caseNumber: 'MUS-2026-000002' }),
    ]);
    expect(other).toEqual(one);
    expect(one.at(-1)).toMatchObject({ type: 'CaseRouted', data: { ruleId: 'DEFAULT_OWNER' } });
  });

  it('prefers a rule that looks at something, then line 1’s directorate, then the catch-all', () => {
    const onlyCatchAll = routingDecider(
      profileOf('MUS', {
        routing: [
          { id: 'WATER', when: { category: 'WATER' }, owner: { kind: 'AGENCY', code: 'HAYA_WATER' } },
          { id: 'REST', when: {}, owner: { kind: 'UNIT', code: 'UNIT-FOLLOW-UP' } },
        ],
      }),
    );
    const form = { directorate: 'DIR-ROADS', section: 'SEC-LIGHTING' };
    const ownerBy = (history: CaseEvent[]) => eventsOf(onlyCatchAll, history).at(-1);
    expect(ownerBy([opened(), registered({ category: 'WATER', ...form })])).toMatchObject({
      data: { ruleId: 'WATER' },
    });
    expect(ownerBy([opened(), registered(form)])).toMatchObject({
      data: {
        ruleId: 'CLASSIFIED_BY_LINE_1',
        owner: { kind: 'DIRECTORATE', code: 'DIR-ROADS', section: 'SEC-LIGHTING' },
      },
    });
    expect(ownerBy([opened(), registered()])).toMatchObject({ data: { ruleId: 'REST' } });
    expect(ownerBy([opened(), registered({ directorate: 'DIR-NOWHERE' })])).toMatchObject({
      data: { ruleId: 'REST' },
    });
  });

  it('leaves the owner to the second line when no rule knows one', () => {
    const unruled = routingDecider(
      profileOf('MUS', {
        routing: [{ id: 'X', when: { category: 'NONE' }, owner: { kind: 'UNIT', code: 'UNIT-FOLLOW-UP' } }],
      }),
    );
    expect(eventsOf(unruled, [opened(), registered()]).at(-1)).toEqual({
      type: 'CaseRouted',
      data: {
        owner: { kind: 'OFFICE', code: 'DISTRIBUTOR' },
        secondLineQueue: 'DISTRIBUTOR',
        ruleId: 'DEFAULT',
        inputs: {},
      },
    });
  });

  it('happens once, and not before the registration', () => {
    given(mus, [opened()]).when(route).thenNothingHappened();
    const history = [opened(), registered()];
    given(mus, [...history, ...eventsOf(mus, history)])
      .when(route)
      .thenNothingHappened();
  });

  it.each<CaseEvent>([
    { type: 'InquiryAnswered', data: { answer: 'sealed:v1:20000000-0000-4000-8000-000000000001:eA' } },
    { type: 'PersonalInquiryDeclined', data: { subject: 'BALANCE', ruleId: 'BALANCE' } },
    {
      type: 'CaseCancelledAsDuplicate',
      data: { originalCaseId: '10000000-0000-4000-8000-000000000009', originalNumber: 'X-1' },
    },
  ])('never happens to a case that ended: $type', (end) => {
    given(mus, [opened(), registered(), end]).when(route).thenNothingHappened();
  });
});

describe('jurisdiction', () => {
  const complaint = { caseType: 'COMPLAINT', category: 'CONSUMER_COMPLAINT', channel: 'WHATSAPP' } as const;

  it('covers complaints about licensed shops', () => {
    proves('KWT-05');
    const events = eventsOf(moci, [
      opened(),
      registered({ ...complaint, saleChannel: 'SHOP', shopLicensed: true }),
    ]);
    expect(events[0]).toMatchObject({ type: 'JurisdictionAssessed', data: { result: 'IN' } });
    expect(events.at(-1)).toMatchObject({
      type: 'CaseRouted',
      data: { owner: { kind: 'DIRECTORATE', code: 'CONSUMER_PROTECTION' } },
    });
  });

  it('redirects online sales to the body for cybercrime and routes nothing', () => {
    proves('KWT-06');
    given(moci, [
      opened(),
      registered({ ...complaint, saleChannel: 'ONLINE', requiredFields: 'WAIVED_OUT_OF_JURISDICTION' }),
    ])
      .when(route)
      .then([
        {
          type: 'JurisdictionAssessed',
          data: { result: 'OUT', ruleId: 'ONLINE_SALE', inputs: { saleChannel: 'ONLINE' } },
        },
        {
          type: 'CaseRedirectedOutOfJurisdiction',
          data: {
            body: 'MOI_CYBERCRIME',
            bodyAr: 'الجرائم الإلكترونية التابعة لوزارة الداخلية',
            bodyEn: 'Cybercrime Department of the Ministry of Interior',
            ruleId: 'ONLINE_SALE',
            inputs: { saleChannel: 'ONLINE' },
          },
        },
      ]);
  });

  it('believes line 1 that names the right body, before any rule, and routes nothing', () => {
    proves('QAT-07');
    given(qat, [
      opened(),
      registered({ caseType: 'INQUIRY', category: 'SERVICE_INQUIRY', otherBody: 'ELECTRICITY_AND_WATER' }),
    ])
      .when(route)
      .then([
        {
          type: 'JurisdictionAssessed',
          data: {
            result: 'OUT',
            ruleId: 'DECLARED_BY_LINE_1',
            inputs: { otherBody: 'ELECTRICITY_AND_WATER' },
          },
        },
        {
          type: 'CaseRedirectedOutOfJurisdiction',
          data: {
            body: 'ELECTRICITY_AND_WATER',
            bodyAr: 'الجهة المعنية بالكهرباء والماء',
            bodyEn: 'Body for electricity and water',
            ruleId: 'DECLARED_BY_LINE_1',
            inputs: { otherBody: 'ELECTRICITY_AND_WATER' },
          },
        },
      ]);
  });
});

describe('screening', () => {
  it('records whether a complaint is serious, where the profile screens', () => {
    const screened = (caseType: 'COMPLAINT' | 'SUGGESTION') =>
      eventsOf(moci, [opened(), registered({ caseType, category: 'CONSUMER_COMPLAINT' })]).find(
        ({ type }) => type === 'CaseScreened',
      );
    expect(screened('COMPLAINT')).toEqual({
      type: 'CaseScreened',
      data: { result: 'SERIOUS', ruleId: 'SCREENING', inputs: { caseType: 'COMPLAINT' } },
    });
    expect(screened('SUGGESTION')).toEqual({
      type: 'CaseScreened',
      data: { result: 'NOT_SERIOUS', ruleId: 'SCREENING', inputs: { caseType: 'SUGGESTION' } },
    });
  });
  it('does not happen where the profile has no screening', () => {
    expect(eventsOf(mus, [opened(), registered()]).some(({ type }) => type === 'CaseScreened')).toBe(false);
  });
});
