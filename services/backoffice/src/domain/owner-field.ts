import { type ActionField, type Option, type Situation } from './action';

/** Values read `KIND:CODE` or `DIRECTORATE:CODE:SECTION`. */
export function ownerField({ view, profile }: Situation, agencies: boolean): ActionField {
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
