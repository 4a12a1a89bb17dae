import { type EventStore, Unavailable, createMemoryEventStore } from '@balagh/event-store';
import { profileFixture } from '@balagh/testing';
import {
  type Profile,
  createProfiles,
  createStaticProfiles,
  parseProfile,
  publishProfile,
} from '@balagh/profile';
import { profilesContract } from './profiles.contract';

profilesContract('memory', async () => createMemoryEventStore());

const mus = parseProfile(profileFixture('MUS'));
const by = {
  actor: { kind: 'system', id: 'spec', organisation: 'MUS' } as const,
  now: () => '2026-05-10T06:00:00.000Z',
};

function counted(store: EventStore): EventStore & { reads: number; down: boolean } {
  const wrapped = {
    ...store,
    reads: 0,
    down: false,
    readStream: async (...args: Parameters<EventStore['readStream']>) => {
      wrapped.reads += 1;
      if (wrapped.down) throw new Unavailable('down');
      return store.readStream(...args);
    },
  };
  return wrapped;
}

describe('asking for the newest profile', () => {
  it('asks the store at most once per interval, however many ask', async () => {
    const store = createMemoryEventStore();
    await publishProfile(store, mus, by);
    const source = counted(store);
    let now = 0;
    const profiles = createProfiles({ store: source, refreshMs: 1_000, monotonicMs: () => now });
    await Promise.all(Array.from({ length: 20 }, () => profiles.latest('MUS')));
    expect(source.reads).toBe(1);
    now = 999;
    await profiles.latest('MUS');
    expect(source.reads).toBe(1);
    now = 1_000;
    await profiles.latest('MUS');
    expect(source.reads).toBe(2);
  });

  it('sees a new version when the interval is over', async () => {
    const store = createMemoryEventStore();
    await publishProfile(store, mus, by);
    let now = 0;
    const profiles = createProfiles({ store, refreshMs: 1_000, monotonicMs: () => now });
    await profiles.latest('MUS');
    await publishProfile(store, { ...mus, secondLineQueue: 'OTHER' }, by);
    now = 1_000;
    expect(await profiles.latest('MUS')).toMatchObject({ version: 2, profile: { secondLineQueue: 'OTHER' } });
  });

  it('while the store is away, the newest known version stays in force', async () => {
    const store = createMemoryEventStore();
    await publishProfile(store, mus, by);
    const source = counted(store);
    const profiles = createProfiles({ store: source, refreshMs: 0 });
    await profiles.latest('MUS');
    source.down = true;
    expect((await profiles.latest('MUS')).version).toBe(1);
    expect((await profiles.at('MUS', 1)).version).toBe(1);
    await expect(createProfiles({ store: source }).latest('MUS')).rejects.toBeInstanceOf(Unavailable);
  });
});

describe('a profile that a newer version has published', () => {
  type Changed = (profile: Json) => void;
  type Json = Record<string, never> & { [key: string]: Json };

  async function published(change: Changed) {
    const store = createMemoryEventStore();
    const profile = JSON.parse(JSON.stringify(mus)) as Json;
    change(profile);
    await publishProfile(store, profile as unknown as Profile, by);
    return createProfiles({ store, refreshMs: 0 }).at('MUS', 1);
  }

  it.each<[string, Changed]>([
    ['at the top', (profile) => Object.assign(profile, { newPart: [] })],
    [
      'deep inside, in several places',
      ({ routing, calendar, categories }) => {
        Object.assign(routing?.[0]?.['owner'] ?? {}, { newPart: { deeper: true } });
        Object.assign(calendar?.['hours'] ?? {}, { newPart: 1, another: 2 });
        Object.assign(categories?.[1]?.['names'] ?? {}, { fr: 'eau' });
      },
    ],
  ])('is read without what is not known here, %s', async (_where, change) => {
    expect((await published(change)).profile).toEqual(mus);
  });

  it('is not read when what is known here has another shape', async () => {
    const change: Changed = (profile) => Object.assign(profile, { newPart: [], country: 'OMAN' });
    await expect(published(change)).rejects.toMatchObject({
      code: 'STORED_PROFILE_INVALID',
      retriable: false,
    });
  });
});

describe('the list of tenants', () => {
  it('is read once for all who ask, and without looking through the events of cases', async () => {
    const store = createMemoryEventStore();
    await publishProfile(store, mus, by);
    const source = counted(store);
    source.readAll = () => Promise.reject(new Error('millions of events'));
    const profiles = createProfiles({ store: source, refreshMs: 1_000, monotonicMs: () => 0 });
    const asked = await Promise.all(Array.from({ length: 20 }, () => profiles.tenants()));
    expect(asked).toEqual(Array.from({ length: 20 }, () => ['MUS']));
    expect(source.reads).toBe(1);
  });

  it('is completed by the next publication when one broke off before it', async () => {
    const store = createMemoryEventStore();
    const cut: EventStore = {
      ...store,
      append: async (stream, ...rest) => {
        if (stream.startsWith('tenants-')) throw new Unavailable('down');
        return store.append(stream, ...rest);
      },
    };
    const profiles = createProfiles({ store, refreshMs: 0 });
    await expect(publishProfile(cut, mus, by)).rejects.toBeInstanceOf(Unavailable);
    expect(await profiles.tenants()).toEqual([]);
    expect(await publishProfile(store, mus, by)).toEqual({ version: 1, unchanged: true });
    expect(await profiles.tenants()).toEqual(['MUS']);
  });
});

describe('static profiles', () => {
  it('number the versions of a tenant in the order given', async () => {
    const profiles = createStaticProfiles([mus, { ...mus, secondLineQueue: 'OTHER' }]);
    expect((await profiles.latest('MUS')).version).toBe(2);
    expect((await profiles.at('MUS', 1)).profile.secondLineQueue).toBe('DISTRIBUTOR');
    await expect(profiles.at('MUS', 3)).rejects.toMatchObject({ code: 'PROFILE_UNKNOWN' });
    await expect(profiles.latest('QAT-MME')).rejects.toMatchObject({ code: 'PROFILE_UNKNOWN' });
    expect(await profiles.tenants()).toEqual(['MUS']);
  });
});
