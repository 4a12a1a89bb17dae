import { type Names, type Profile, type ProfileOwner } from './profile.schema';

/** Parts of a profile whose entries can own a case. */
export const ownerGroups = ['directorates', 'units', 'committees', 'offices', 'agencies'] as const;

const groupOf = {
  DIRECTORATE: 'directorates',
  UNIT: 'units',
  COMMITTEE: 'committees',
  OFFICE: 'offices',
  AGENCY: 'agencies',
} as const satisfies Record<ProfileOwner['kind'], (typeof ownerGroups)[number]>;

/** A party of the profile as others need it: its names and where messages to it go. */
export interface FoundParty {
  readonly code: string;
  readonly names: Names;
  readonly contacts: { readonly sms?: string | undefined; readonly email?: string | undefined };
}

export function codesOf<Code extends string>(entries: readonly { readonly code: Code }[]): readonly Code[] {
  return entries.map((entry) => entry.code);
}

/**
 * The party that an owner names: the section when one is given, else the party itself. `unknown` when the
 * profile has no such party of that kind, `unknown-section` when the section belongs to another or to none.
 */
export function findOwner(profile: Profile, owner: ProfileOwner): FoundParty | 'unknown' | 'unknown-section' {
  const party = profile[groupOf[owner.kind]].find((p) => p.code === owner.code);
  if (party === undefined) return 'unknown';
  if (owner.section === undefined) return party;
  const directorate = profile.directorates.find((d) => d.code === owner.code);
  return directorate?.sections.find((s) => s.code === owner.section) ?? 'unknown-section';
}
