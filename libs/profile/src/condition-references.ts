import { factNames } from './facts';
import { codesOf } from './parties';
import { type ReportProblem } from './profile.errors';
import { type Condition, type Profile } from './profile.schema';

/** Codes that a fact can have; facts that are not listed may have any value. */
function valuesOf(profile: Profile): Readonly<Record<string, readonly string[]>> {
  return {
    caseType: codesOf(profile.caseTypes),
    category: codesOf(profile.categories),
    subject: codesOf(profile.subjects),
    channel: codesOf(profile.channels),
    sector: codesOf(profile.sectors),
    directorate: codesOf(profile.directorates),
    section: profile.directorates.flatMap((d) => codesOf(d.sections)),
    clientType: codesOf(profile.clientTypes),
    theme: codesOf(profile.themes),
    otherBody: codesOf(profile.otherBodies),
    saleChannel: ['ONLINE', 'SHOP'],
  };
}

/**
 * Checks one condition: its facts exist and ask for codes that the profile has. `alsoKnown` names facts that exist in
 * this place only, such as the fields of the event that triggers a template.
 */
export function checkCondition(
  profile: Profile,
  condition: Condition,
  path: string,
  report: ReportProblem,
  alsoKnown: readonly string[] = [],
): void {
  const values = valuesOf(profile);
  for (const [fact, wanted] of Object.entries(condition)) {
    if (!factNames.includes(fact) && !alsoKnown.includes(fact))
      report(`${path}.${fact}`, 'not a fact that rules can ask for');
    for (const value of Array.isArray(wanted) ? wanted : [wanted]) {
      if (typeof value === 'string' && values[fact]?.includes(value) === false) {
        report(`${path}.${fact}`, `the profile has no ${fact} ${value}`);
      }
    }
  }
}
