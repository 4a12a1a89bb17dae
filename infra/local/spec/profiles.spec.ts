import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMemoryEventStore } from '@balagh/event-store';
import { type Profile, createProfiles, parseProfile, publishProfile } from '@balagh/profile';
import { chosenFrom, publishUntouched } from '../src/profiles';

const shipped = (name: string): Profile =>
  parseProfile(JSON.parse(readFileSync(join(__dirname, `../../profiles/${name}.json`), 'utf8')));
const muscat = shipped('mus');
const operator = {
  actor: { kind: 'staff', id: 'operator', organisation: 'MUS' },
  now: () => '2026-01-04T06:00:00.000Z',
} as const;

describe('the shipped profiles', () => {
  const store = () => createMemoryEventStore();

  it('are published where there is none, and again when the shipped one has changed', async () => {
    const into = store();
    const lines: string[] = [];
    const older: Profile = { ...muscat, channelsOff: ['SMS'] };
    for (const profile of [older, muscat, muscat])
      await publishUntouched(into, [profile], (line) => lines.push(line));
    expect(lines).toEqual(['  profile MUS version 1', '  profile MUS version 2']);
    const { version, profile } = await createProfiles({ store: into }).latest('MUS');
    expect([version, profile.channelsOff]).toEqual([2, muscat.channelsOff]);
  });

  it('take nothing back that somebody has published, and say so', async () => {
    const into = store();
    const lines: string[] = [];
    await publishUntouched(into, [muscat], () => undefined);
    await publishProfile(into, { ...muscat, channelsOff: ['SMS'] }, operator);
    await publishUntouched(into, [muscat], (line) => lines.push(line));
    const { version, profile } = await createProfiles({ store: into }).latest('MUS');
    expect([version, profile.channelsOff]).toEqual([2, ['SMS']]);
    expect(lines).toEqual(['  profile MUS left alone: staff operator published version 2']);
  });

  it('are those that were chosen', () => {
    const files = [muscat, shipped('kwt-moci')];
    const tenants = (chosen: Parameters<typeof chosenFrom>[1]) =>
      chosenFrom(files, chosen).map(({ tenant }) => tenant);
    expect([tenants('all'), tenants([]), tenants(['MUS'])]).toEqual([['MUS', 'KWT-MOCI'], [], ['MUS']]);
    expect(() => tenants(['MUS', 'NOWHERE'])).toThrow('NOWHERE');
  });
});
