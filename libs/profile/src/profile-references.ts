import { checkCaseNumber } from './case-number-pattern';
import { checkCondition } from './condition-references';
import { formFields } from './facts';
import { checkStatusTexts, checkTemplates } from './message-references';
import { type ProfileProblem, type ReportProblem } from './profile.errors';
import { type Profile, type ProfileOwner } from './profile.schema';
import { codesOf, findOwner, ownerGroups } from './parties';

/** Everything in a well-formed profile that refers to nothing, or to two things at once, or could not be numbered. */
export function referenceProblems(profile: Profile): readonly ProfileProblem[] {
  const problems: ProfileProblem[] = [];
  const report: ReportProblem = (path, problem) => problems.push({ path, problem });
  for (const check of [
    checkCaseNumber,
    checkUniqueness,
    checkCategories,
    checkPeople,
    checkCalendar,
    checkRequiredFields,
    checkRules,
    checkTemplates,
    checkStatusTexts,
  ]) {
    check(profile, report);
  }
  return problems;
}

const listsWithCodes = [
  'channels',
  'caseTypes',
  'categories',
  'subjects',
  'sectors',
  'themes',
  'clientTypes',
  'needFlags',
  'teams',
  'otherBodies',
  'deadlines',
  'templates',
] as const;

function checkUniqueness(profile: Profile, report: ReportProblem): void {
  for (const list of listsWithCodes)
    repeated(codesOf(profile[list]), (i) => report(`${list}.${i}.code`, 'the code is used twice'));
  for (const list of ['jurisdiction', 'declines', 'priority', 'routing'] as const) {
    repeated(
      profile[list].map((rule) => rule.id),
      (i) => report(`${list}.${i}.id`, 'the rule id is used twice'),
    );
  }
  const parties = ownerGroups.flatMap((group) =>
    profile[group].map((p, i) => ({ code: p.code, path: `${group}.${i}.code` })),
  );
  repeated(codesOf(parties), (i) =>
    report(parties[i]?.path ?? '', 'another party of the profile has this code'),
  );
  profile.directorates.forEach((d, i) =>
    repeated(codesOf(d.sections), (j) =>
      report(`directorates.${i}.sections.${j}.code`, 'the code is used twice'),
    ),
  );
  repeated(
    profile.escalation.map((e) => String(e.level)),
    (i) => report(`escalation.${i}.level`, 'the level is used twice'),
  );
}

function repeated(values: readonly string[], found: (index: number) => void): void {
  values.forEach((value, i) => {
    if (values.indexOf(value) !== i) found(i);
  });
}

function checkCategories(profile: Profile, report: ReportProblem): void {
  const types = codesOf(profile.caseTypes);
  profile.categories.forEach((category, i) => {
    if (category.sector !== undefined && !codesOf(profile.sectors).includes(category.sector)) {
      report(`categories.${i}.sector`, `no sector ${category.sector}`);
    }
    category.caseTypes?.forEach((type, j) => {
      if (!types.some((t) => t === type))
        report(`categories.${i}.caseTypes.${j}`, `case type ${type} is not offered`);
    });
  });
}

function checkPeople(profile: Profile, report: ReportProblem): void {
  const owners = ownerGroups.flatMap((group) => codesOf(profile[group]));
  profile.liaisonOfficers.forEach((officer, i) => {
    if (!owners.includes(officer.owner)) report(`liaisonOfficers.${i}.owner`, `no party ${officer.owner}`);
    if (officer.to !== undefined && officer.to < officer.from)
      report(`liaisonOfficers.${i}.to`, 'ends before it begins');
  });
  if (profile.hostedBy === profile.tenant) report('hostedBy', 'a tenant cannot host itself');
}

function checkCalendar({ calendar, timeZone }: Profile, report: ReportProblem): void {
  if (!isTimeZone(timeZone)) report('timeZone', 'not an IANA time zone');
  if (new Set(calendar.weekend).size >= 7) report('calendar.weekend', 'no working day is left');
  const spans = [
    { path: 'calendar.hours', hours: calendar.hours },
    ...calendar.periods.map((p, i) => ({ path: `calendar.periods.${i}.hours`, hours: p.hours })),
  ];
  for (const { path, hours } of spans) if (hours.from >= hours.to) report(path, 'must open before it closes');
  calendar.periods.forEach((period, i) => {
    if (period.to < period.from) report(`calendar.periods.${i}.to`, 'ends before it begins');
  });
  repeated(
    calendar.holidays.map((h) => h.day),
    (i) => report(`calendar.holidays.${i}.day`, 'the day is listed twice'),
  );
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

function checkRequiredFields(profile: Profile, report: ReportProblem): void {
  profile.requiredFields.forEach((required, i) => {
    const fields = [required.field, ...(required.satisfiedBy ?? [])];
    fields.forEach((field) => {
      const byAttachment = field === required.field && required.attachmentKind !== undefined;
      if (!byAttachment && !formFields.includes(field))
        report(`requiredFields.${i}`, `the form has no field ${field}`);
    });
    if (required.pattern !== undefined && !isPattern(required.pattern)) {
      report(`requiredFields.${i}.pattern`, 'not a regular expression');
    }
    checkCondition(profile, required.when, `requiredFields.${i}.when`, report);
  });
  profile.duplicates.keys.forEach((key, i) => {
    if (!formFields.includes(key)) report(`duplicates.keys.${i}`, `the form has no field ${key}`);
  });
}

function isPattern(source: string): boolean {
  try {
    return new RegExp(source, 'u').source !== '';
  } catch {
    return false;
  }
}

function checkRules(profile: Profile, report: ReportProblem): void {
  const bodies = codesOf(profile.otherBodies);
  profile.jurisdiction.forEach((rule, i) => {
    if (!bodies.includes(rule.body)) report(`jurisdiction.${i}.body`, `no other body ${rule.body}`);
  });
  profile.declines.forEach((rule, i) => {
    if (!bodies.includes(rule.portal)) report(`declines.${i}.portal`, `no other body ${rule.portal}`);
  });
  profile.routing.forEach((rule, i) => checkOwner(profile, rule.owner, `routing.${i}.owner`, report));
  for (const list of ['jurisdiction', 'declines', 'priority', 'routing', 'deadlines'] as const) {
    profile[list].forEach((rule, i) => checkCondition(profile, rule.when, `${list}.${i}.when`, report));
  }
  for (const list of ['priority', 'routing'] as const) {
    profile[list].slice(0, -1).forEach((rule, i) => {
      if (Object.keys(rule.when).length === 0)
        report(`${list}.${i + 1}`, 'never reached: an earlier rule always holds');
    });
  }
  if (profile.screening) checkCondition(profile, profile.screening.when, 'screening.when', report);
}

function checkOwner(profile: Profile, owner: ProfileOwner, path: string, report: ReportProblem): void {
  const found = findOwner(profile, owner);
  if (found === 'unknown') report(`${path}.code`, `no ${owner.kind} ${owner.code}`);
  if (found === 'unknown-section')
    report(`${path}.section`, `${owner.code} has no section ${owner.section ?? ''}`);
}
