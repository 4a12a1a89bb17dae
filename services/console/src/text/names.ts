import { useMemo } from 'react';
import { type Named, type Names, type Owner, type Profile } from '../api/types';
import { useLanguage } from '../i18n/use-language';

/** Words for the codes of one organisation; what the profile does not name, the console's own words do. */
export interface Words {
  readonly code: (code: string | undefined) => string;
  readonly owner: (owner: Owner | readonly string[] | undefined) => string;
}

export function useWords(profile: Profile | undefined): Words {
  const { t, language } = useLanguage();
  return useMemo(() => {
    const known = namesOf(profile);
    const code = (value: string | undefined): string => {
      if (value === undefined || value === '') return '';
      return (
        known.get(value)?.[language] ??
        t(`options.${value}`, { defaultValue: t(`stages.${value}`, { defaultValue: value }) })
      );
    };
    const owner = (given: Owner | readonly string[] | undefined): string => {
      if (given === undefined) return '';
      const [party, section] = isParts(given) ? [given[1], given[2]] : [given.code, given.section];
      return [party, section]
        .filter((part) => part !== undefined && part !== '')
        .map(code)
        .join(' · ');
    };
    return { code, owner };
  }, [profile, language, t]);
}

function isParts(owner: Owner | readonly string[]): owner is readonly string[] {
  return Array.isArray(owner);
}

function namesOf(profile: Profile | undefined): ReadonlyMap<string, Names> {
  if (profile === undefined) return new Map();
  const lists: readonly (readonly Named[])[] = [
    profile.otherBodies,
    profile.teams,
    profile.needFlags,
    profile.clientTypes,
    profile.themes,
    profile.subjects,
    profile.sectors,
    profile.offices,
    profile.committees,
    profile.units,
    profile.directorates.flatMap((d) => d.sections),
    profile.directorates,
    profile.agencies,
    profile.categories,
    profile.caseTypes,
    profile.channels,
  ];
  return new Map(lists.flat().map(({ code, names }) => [code, names]));
}
