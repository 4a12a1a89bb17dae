import { caseStream, foldCase } from '@balagh/case-events';
import { accept } from '@balagh/decider';
import { type EventStore, createStreams, eventHash } from '@balagh/event-store';
import { profileFixture, proves } from '@balagh/testing';
import {
  type Profile,
  ProfileUnknown,
  assessOwner,
  createProfiles,
  parseProfile,
  publishProfile,
} from '@balagh/profile';

const actor = { kind: 'staff', id: 'admin', organisation: 'QAT-MME' } as const;
const by = { actor, now: () => '2026-05-10T06:00:00.000Z' };
const qat = (changes: Partial<Profile> = {}): Profile => ({
  ...parseProfile(profileFixture('QAT-MME')),
  ...changes,
});
const withoutCats = (): Profile =>
  qat({ categories: qat().categories.filter((c) => c.code !== 'STRAY_CATS') });

/** Publishing and reading profiles over any event store. */
export function profilesContract(name: string, open: () => Promise<EventStore>): void {
  describe(`profiles over ${name}`, () => {
    let store: EventStore;
    beforeEach(async () => {
      store = await open();
    });
    const immediate = () => createProfiles({ store, refreshMs: 0 });

    it('the first publication is version 1, a change the next, and the same content no new one', async () => {
      expect(await publishProfile(store, qat(), by)).toEqual({ version: 1, unchanged: false });
      expect(await publishProfile(store, qat(), by)).toEqual({ version: 1, unchanged: true });
      expect(await publishProfile(store, qat({ secondLineQueue: 'OTHER_DESK' }), by)).toEqual({
        version: 2,
        unchanged: false,
      });
      expect(await publishProfile(store, qat(), by)).toEqual({ version: 3, unchanged: false });
    });

    it('the order of keys in a file is no change', async () => {
      await publishProfile(store, qat(), by);
      const reordered = Object.fromEntries(Object.entries(qat()).reverse()) as Profile;
      expect((await publishProfile(store, reordered, by)).unchanged).toBe(true);
    });

    it('of ten publishers of the same file at once, one writes', async () => {
      const results = await Promise.all(Array.from({ length: 10 }, () => publishProfile(store, qat(), by)));
      expect(new Set(results.map((r) => r.version))).toEqual(new Set([1]));
      expect((await store.readStream('profile-QAT-MME')).kind).toBe('found');
      expect(await immediate().latest('QAT-MME')).toMatchObject({ version: 1 });
    });

    it('says who published and when, and links to the version before', async () => {
      await publishProfile(store, withoutCats(), by);
      await publishProfile(store, qat(), by);
      const found = await store.readStream('profile-QAT-MME');
      if (found.kind !== 'found') throw new Error('nothing was published');
      const [first, second] = found.events;
      expect(JSON.parse(second?.metadata ?? '')).toMatchObject({
        tenant: 'QAT-MME',
        actor,
        recordedAt: '2026-05-10T06:00:00.000Z',
        profileVersion: 2,
        previousHash: first && eventHash(first),
      });
    });

    it('every version stays readable', async () => {
      await publishProfile(store, withoutCats(), by);
      await publishProfile(store, qat(), by);
      const profiles = immediate();
      expect((await profiles.latest('QAT-MME')).version).toBe(2);
      expect((await profiles.at('QAT-MME', 1)).profile).toEqual(withoutCats());
      expect((await profiles.at('QAT-MME', 2)).profile).toEqual(qat());
    });

    it('a version that a case names is found although this process has not asked for the newest yet', async () => {
      await publishProfile(store, withoutCats(), by);
      const profiles = createProfiles({ store, refreshMs: 60_000 });
      await profiles.latest('QAT-MME');
      await publishProfile(store, qat(), by);
      expect((await profiles.latest('QAT-MME')).version).toBe(1);
      expect((await profiles.at('QAT-MME', 2)).version).toBe(2);
    });

    it('an unknown tenant and an unknown version are faults that may pass', async () => {
      await publishProfile(store, qat(), by);
      const profiles = immediate();
      await expect(profiles.latest('NOBODY')).rejects.toBeInstanceOf(ProfileUnknown);
      await expect(profiles.at('NOBODY', 1)).rejects.toBeInstanceOf(ProfileUnknown);
      for (const version of [2, 0, -1, 1.5]) {
        await expect(profiles.at('QAT-MME', version)).rejects.toBeInstanceOf(ProfileUnknown);
      }
    });

    it('a tenant published later is found by a process that already missed it', async () => {
      const profiles = immediate();
      await expect(profiles.latest('QAT-MME')).rejects.toBeInstanceOf(ProfileUnknown);
      await publishProfile(store, qat(), by);
      expect((await profiles.latest('QAT-MME')).version).toBe(1);
    });

    it('lists the tenants', async () => {
      const profiles = immediate();
      expect(await profiles.tenants()).toEqual([]);
      await publishProfile(store, qat(), by);
      await publishProfile(store, parseProfile(profileFixture('MUS')), by);
      await publishProfile(store, withoutCats(), by);
      expect(await profiles.tenants()).toEqual(['MUS', 'QAT-MME']);
    });

    it('a category added today leaves the history and the rules of yesterday’s case alone', async () => {
      proves('QAT-19', 'SYS-11');
      const oldOwner = { kind: 'UNIT', code: 'CLEANING' } as const;
      const yesterday = { ...withoutCats(), routing: [{ id: 'ALL', when: {}, owner: oldOwner }] };
      await publishProfile(store, yesterday, by);
      const { caseId, replay } = await classifiedCase(store);
      const before = await replay();

      await publishProfile(store, qat(), by);

      expect(await replay()).toEqual(before);
      expect(before.view.category).toBe('STRAY_DOGS');
      const pinned = await immediate().at('QAT-MME', before.profileVersion);
      expect(pinned.profile.categories.map((c) => c.code)).not.toContain('STRAY_CATS');
      expect(assessOwner(pinned.profile, { category: 'STRAY_DOGS' })?.owner).toEqual(oldOwner);
      expect(caseId).toMatch(/^[0-9a-f-]{36}$/);
    });
  });
}

/** A case opened under the newest profile and classified; `replay` folds it afresh. */
async function classifiedCase(store: EventStore) {
  const caseId = '0b6f2f0e-0000-4000-8000-00000000000b';
  const { version } = await createProfiles({ store, refreshMs: 0 }).latest('QAT-MME');
  const streams = (author: 'intake' | 'routing') =>
    createStreams(store, { author, now: () => '2026-05-09T06:00:00.000Z' });
  const context = (commandId: string) => ({
    commandId,
    tenant: 'QAT-MME',
    actor: { kind: 'system', id: 'spec', organisation: 'QAT-MME' } as const,
    line: 'system' as const,
    correlationId: caseId,
    causationId: commandId,
    profileVersion: version,
  });
  await streams('intake').execute(caseStream(caseId), context('0b6f2f0e-0000-4000-8000-0000000000c1'), () =>
    accept({
      type: 'CaseOpened',
      data: { caseId, channel: 'PHONE', subjectId: '0b6f2f0e-0000-4000-8000-00000000000d' },
    }),
  );
  await streams('routing').execute(caseStream(caseId), context('0b6f2f0e-0000-4000-8000-0000000000c2'), () =>
    accept({ type: 'CaseClassified', data: { category: 'STRAY_DOGS', ruleId: 'ALL', inputs: {} } }),
  );
  const replay = async () => {
    const { events } = await streams('intake').load(caseStream(caseId));
    return { view: foldCase(events), profileVersion: events[0]?.metadata.profileVersion ?? 0 };
  };
  return { caseId, replay };
}
