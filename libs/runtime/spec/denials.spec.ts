import { randomUUID } from 'node:crypto';
import { type AccessEvent, type CaseEvent, caseStream } from '@balagh/case-events';
import { accept } from '@balagh/decider';
import { createStreams } from '@balagh/event-store';
import { parseProfile } from '@balagh/profile';
import { profileFixture } from '@balagh/testing';
import { AccessDenied, type Principal, createMemoryPlatform, manualClock } from '../src';
import { DenialCounts } from '../src/access/denial-counts';
import { createDenials, denialsStream } from '../src/access/denials';

const distributor: Principal = {
  subject: 'mus.distributor',
  kind: 'staff',
  organisation: 'MUS',
  tenants: ['MUS', 'TOURISM'],
  roles: ['LINE2'],
};
const foreign = new AccessDenied('TENANT_FOREIGN', 'case.close');
const now = '2026-01-04T06:00:00.000Z';

function underTest() {
  const clock = manualClock(now);
  const profiles = [parseProfile(profileFixture('MUS'))];
  const platform = createMemoryPlatform({ service: 'intake', author: 'intake', profiles, clock });
  const streams = createStreams(platform.eventStore, { author: 'access', now: () => now });
  const read = async (stream: string) => (await streams.load<AccessEvent>(stream)).events;
  return {
    clock,
    platform,
    denials: createDenials(platform),
    counted: (tenant = 'MUS') => read(denialsStream(tenant, 'intake', '2026-01-04')),
    beside: (caseId: string) => read(`access-${caseId}`),
    opened: async (): Promise<string> => {
      const caseId = randomUUID();
      const event: CaseEvent = {
        type: 'CaseOpened',
        data: { caseId, channel: 'PHONE_1111', subjectId: randomUUID() },
      };
      const context = {
        ...{ commandId: randomUUID(), tenant: 'QAT-MME', line: '1' as const },
        ...{ correlationId: caseId, causationId: caseId },
        actor: { kind: 'staff' as const, id: 'qat.agent', organisation: 'QAT-MME' },
      };
      await platform.streams.execute(caseStream(caseId), context, () => accept(event));
      return caseId;
    },
  };
}

describe('refusals', () => {
  it('about a case stand beside it, in the name of who was refused and of whose case it is', async () => {
    const { denials, opened, beside, counted } = underTest();
    const caseId = await opened();
    await denials.record({ principal: distributor, error: foreign, caseId });
    await denials.flush();
    expect(
      (await beside(caseId)).map(({ data, metadata }) => [data, metadata.actor.id, metadata.tenant]),
    ).toEqual([[{ caseId, action: 'case.close', code: 'TENANT_FOREIGN' }, 'mus.distributor', 'QAT-MME']]);
    expect(await counted()).toEqual([]);
  });

  it.each([
    ['no case', undefined],
    ['nonsense', '../..'],
    ['a case that does not exist', randomUUID()],
  ])('about %s are counted for the account, under its own organisation', async (_what, caseId) => {
    const { denials, counted } = underTest();
    for (let n = 0; n < 3; n += 1) await denials.record({ principal: distributor, error: foreign, caseId });
    await denials.flush();
    expect((await counted()).map(({ type, data, metadata }) => [type, data, metadata.actor])).toEqual([
      [
        'AccessDenialsCounted',
        { from: now, to: now, denials: [{ action: 'case.close', code: 'TENANT_FOREIGN', count: 3 }] },
        { kind: 'staff', id: 'mus.distributor', organisation: 'MUS' },
      ],
    ]);
  });

  it('of citizens are counted without a word about who they were', async () => {
    const { denials, counted, clock } = underTest();
    const ask = { tenant: 'MUS', action: 'POST /v1/:tenant/status-requests' };
    for (let n = 0; n < 5; n += 1) denials.count({ ...ask, code: 'CASE_NOT_FOUND' });
    clock.advance(7_000);
    denials.count({ ...ask, code: 'RATE_EXCEEDED' });
    await denials.flush();
    const [event] = await counted();
    expect(event?.data).toEqual({
      from: now,
      to: '2026-01-04T06:00:07.000Z',
      denials: [
        { action: ask.action, code: 'CASE_NOT_FOUND', count: 5 },
        { action: ask.action, code: 'RATE_EXCEEDED', count: 1 },
      ],
    });
    expect(event?.metadata.actor).toEqual({ kind: 'reporter', id: 'anonymous', organisation: 'MUS' });
  });

  it('at an address of no organisation leave nothing behind', async () => {
    const { denials, counted } = underTest();
    denials.count({ tenant: 'NOBODY', action: 'GET /v1/:tenant/form', code: 'RATE_EXCEEDED' });
    await denials.flush();
    expect(await counted('NOBODY')).toEqual([]);
  });

  it('are written by themselves after a while', async () => {
    jest.useFakeTimers();
    try {
      const { denials, counted } = underTest();
      denials.count({ tenant: 'MUS', action: 'x', code: 'CASE_NOT_FOUND' });
      await jest.advanceTimersByTimeAsync(10_001);
      expect(await counted()).toHaveLength(1);
      denials.count({ tenant: 'MUS', action: 'x', code: 'CASE_NOT_FOUND' });
      await jest.advanceTimersByTimeAsync(10_001);
      expect(await counted()).toHaveLength(2);
    } finally {
      jest.useRealTimers();
    }
  });

  it('never make the answer fail when they cannot be written', async () => {
    const { platform } = underTest();
    const away = { ...platform.eventStore, readStream: () => Promise.reject(new Error('away')) };
    const denials = createDenials({ ...platform, eventStore: away });
    await denials.record({ principal: distributor, error: foreign, caseId: randomUUID() });
    denials.count({ tenant: 'MUS', action: 'x', code: 'CASE_NOT_FOUND' });
    await denials.flush();
  });
});

describe('a flood of refusals', () => {
  const refused = (id: string) => ({
    tenant: 'MUS',
    actor: { kind: 'staff' as const, id, organisation: 'MUS' },
    line: '1' as const,
  });

  it('of many kinds is one line “other” beyond the first hundred', () => {
    const counts = new DenialCounts();
    for (let n = 0; n < 1_000; n += 1) counts.add(refused('mus.agent'), `act.${n}`, 'ACTION_NOT_PERMITTED');
    const [tally] = counts.collect().tallies;
    expect(tally?.denials).toHaveLength(101);
    expect(tally?.denials.at(-1)).toEqual({ action: 'other', code: 'OTHER', count: 900 });
  });

  it('of many callers is bounded, and says how many it left out', () => {
    const counts = new DenialCounts();
    for (let n = 0; n < 1_500; n += 1) counts.add(refused(`account.${n}`), 'case.view', 'TENANT_FOREIGN');
    const { tallies, lost } = counts.collect();
    expect([tallies.length, lost]).toEqual([1_000, 500]);
    expect(counts.collect()).toEqual({ tallies: [], lost: 0 });
  });
});
