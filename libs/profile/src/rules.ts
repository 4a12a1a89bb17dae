import { type Condition, type Profile, type ProfileOwner } from './profile.schema';

/**
 * The pure part of a profile: rules over facts. Facts are non-personal answers of a case: `caseType`,
 * `category`, `subject`, `channel`, `sector`, `directorate`, `section`, `saleChannel`, `shopLicensed`, `otherBody`,
 * `clientType`, `theme`. The complainant's identity is no fact (KWT-31).
 */
export type Facts = Readonly<Record<string, string | number | boolean | null | undefined>>;
export type RuleInputs = Record<string, string | number | boolean | null>;

export interface Ruled {
  readonly ruleId: string;
  /** The facts the rule looked at; missing ones are null. */
  readonly inputs: RuleInputs;
}

export function holds(condition: Condition, facts: Facts): boolean {
  return Object.entries(condition).every(([name, wanted]) => {
    const actual = facts[name] ?? null;
    return Array.isArray(wanted) ? wanted.includes(actual) : wanted === actual;
  });
}

function inputsOf(condition: Condition, facts: Facts): RuleInputs {
  return Object.fromEntries(Object.keys(condition).map((name) => [name, facts[name] ?? null]));
}

/** Id used when no rule of the profile matched. */
export const NO_RULE = 'DEFAULT';

export type Jurisdiction = Ruled &
  ({ readonly result: 'IN' } | { readonly result: 'OUT'; readonly body: string });

/** An agent's statement that the matter belongs to another body goes before the rules (QAT-07). */
export function assessJurisdiction(profile: Profile, facts: Facts): Jurisdiction {
  if (typeof facts['otherBody'] === 'string') {
    return {
      result: 'OUT',
      body: facts['otherBody'],
      ruleId: 'DECLARED_BY_LINE_1',
      inputs: { otherBody: facts['otherBody'] },
    };
  }
  const match = profile.jurisdiction.find((r) => holds(r.when, facts));
  if (match === undefined) return { result: 'IN', ruleId: NO_RULE, inputs: {} };
  return { result: 'OUT', body: match.body, ruleId: match.id, inputs: inputsOf(match.when, facts) };
}

export function assessDecline(
  profile: Profile,
  facts: Facts,
): (Ruled & { readonly portal: string }) | undefined {
  const match = profile.declines.find((r) => holds(r.when, facts));
  return match && { ruleId: match.id, inputs: inputsOf(match.when, facts), portal: match.portal };
}

export function assessPriority(
  profile: Profile,
  facts: Facts,
): Ruled & Pick<Profile['priority'][number], 'priority' | 'handlingClass'> {
  const match = profile.priority.find((r) => holds(r.when, facts));
  if (match === undefined)
    return { ruleId: NO_RULE, inputs: {}, priority: 'NORMAL', handlingClass: 'NORMAL' };
  return {
    ruleId: match.id,
    inputs: inputsOf(match.when, facts),
    priority: match.priority,
    handlingClass: match.handlingClass,
  };
}

/** Undefined: no rule knows an owner; the second line decides. */
export function assessOwner(
  profile: Profile,
  facts: Facts,
): (Ruled & { readonly owner: ProfileOwner }) | undefined {
  const match = profile.routing.find((r) => holds(r.when, facts));
  return match && { ruleId: match.id, inputs: inputsOf(match.when, facts), owner: match.owner };
}

export interface MissingField {
  readonly field: string;
  readonly ar: string;
  readonly en: string;
}

/** Required fields that `filled` lacks, in the profile's order (KWT-11). None when out of jurisdiction (AMB-23). */
export function missingFields(
  profile: Profile,
  facts: Facts,
  filled: readonly string[],
): readonly MissingField[] {
  if (assessJurisdiction(profile, facts).result === 'OUT') return [];
  return profile.requiredFields
    .filter(
      (f) =>
        holds(f.when, facts) && ![f.field, ...(f.satisfiedBy ?? [])].some((name) => filled.includes(name)),
    )
    .map((f) => ({ field: f.field, ...f.names }));
}
