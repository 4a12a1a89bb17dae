import { type Owner, type RoutingEvent } from '@balagh/case-events';
import { type Decider, accept } from '@balagh/decider';
import {
  type Facts,
  NO_RULE,
  type Profile,
  type Ruled,
  assessJurisdiction,
  assessOwner,
  assessPriority,
  findOwner,
  holds,
} from '@balagh/profile';
import { type CaseEvent } from '@balagh/case-events';
import { type RoutingCase, evolveRoutingCase, factsOf, initialRoutingCase } from './routing-case';

/** Reaction to CaseRegistered. */
export interface RouteCase {
  readonly type: 'RouteCase';
}

/** Rule id of an owner that the form names, where no rule but the catch-all matched (MUS-09). */
export const BY_FORM = 'CLASSIFIED_BY_LINE_1';

/**
 * Jurisdiction, screening, classification, priority and owner in one decision, each with its rule and what the rule
 * looked at (QAT-05, KWT-04 … KWT-06, KWT-31). Cases that ended are not routed, and no case is routed twice.
 */
export const routingDecider = (profile: Profile): Decider<RouteCase, RoutingCase, CaseEvent> => ({
  initial: initialRoutingCase,
  evolve: evolveRoutingCase,
  decide: (_, state) => {
    const { registered } = state;
    if (state.phase !== 'registered' || state.jurisdiction !== undefined || registered === undefined)
      return accept();
    const facts = factsOf(state);
    const jurisdiction = assessJurisdiction(profile, facts);
    const { result, ruleId, inputs } = jurisdiction;
    const assessed: RoutingEvent = { type: 'JurisdictionAssessed', data: { result, ruleId, inputs } };
    if (jurisdiction.result === 'OUT')
      return accept<CaseEvent>(assessed, redirect(profile, jurisdiction.body, jurisdiction));
    const owner = ownerOf(profile, facts);
    return accept<CaseEvent>(
      assessed,
      ...screen(profile, facts),
      classify(facts, registered.category, owner),
      prioritise(profile, facts),
      {
        type: 'CaseRouted',
        data: {
          owner: owner.owner,
          secondLineQueue: profile.secondLineQueue,
          ruleId: owner.ruleId,
          inputs: owner.inputs,
        },
      },
    );
  },
});

function redirect(profile: Profile, body: string, { ruleId, inputs }: Ruled): RoutingEvent {
  const names = profile.otherBodies.find(({ code }) => code === body)?.names ?? { ar: body, en: body };
  return {
    type: 'CaseRedirectedOutOfJurisdiction',
    data: { body, bodyAr: names.ar, bodyEn: names.en, ruleId, inputs },
  };
}

function screen({ screening }: Profile, facts: Facts): readonly RoutingEvent[] {
  if (screening === undefined) return [];
  const result = holds(screening.when, facts) ? 'SERIOUS' : 'NOT_SERIOUS';
  const inputs = Object.fromEntries(Object.keys(screening.when).map((name) => [name, facts[name] ?? null]));
  return [{ type: 'CaseScreened', data: { result, ruleId: 'SCREENING', inputs } }];
}

function classify(facts: Facts, category: string, routed: Ruled & { readonly owner: Owner }): RoutingEvent {
  const { owner } = routed;
  const inside = owner.kind === 'DIRECTORATE' ? { directorate: owner.code, section: owner.section } : {};
  const given = { sector: facts['sector'], directorate: facts['directorate'], section: facts['section'] };
  const byForm = given.directorate !== undefined;
  const placed = byForm ? given : { ...given, ...inside };
  const { sector, directorate, section } = onlyText(placed);
  return {
    type: 'CaseClassified',
    data: {
      category,
      ...(sector === undefined ? {} : { sector }),
      ...(directorate === undefined ? {} : { directorate }),
      ...(section === undefined ? {} : { section }),
      ruleId: byForm ? BY_FORM : routed.ruleId,
      inputs: byForm
        ? { category, directorate: directorate ?? null, section: section ?? null }
        : { ...routed.inputs, category },
    },
  };
}

function prioritise(profile: Profile, facts: Facts): RoutingEvent {
  const { priority, handlingClass, ruleId, inputs } = assessPriority(profile, facts);
  return { type: 'PriorityAssessed', data: { priority, handlingClass, ruleId, inputs } };
}

/**
 * A rule that looks at something goes first, then the directorate that line 1 chose, then the catch-all rule. Where
 * nothing is known the second line decides: the case is proposed to the second line's own office.
 */
function ownerOf(profile: Profile, facts: Facts): Ruled & { readonly owner: Owner } {
  const match = assessOwner(profile, facts);
  const specific = match !== undefined && Object.keys(match.inputs).length > 0;
  if (specific) return { ...match, owner: ownerWithout(match.owner) };
  const { directorate, section } = onlyText({ directorate: facts['directorate'], section: facts['section'] });
  const chosen: Owner | undefined =
    directorate === undefined
      ? undefined
      : { kind: 'DIRECTORATE', code: directorate, ...(section === undefined ? {} : { section }) };
  if (chosen !== undefined && typeof findOwner(profile, chosen) !== 'string') {
    return {
      owner: chosen,
      ruleId: BY_FORM,
      inputs: { directorate: chosen.code, section: chosen.section ?? null },
    };
  }
  if (match !== undefined) return { ...match, owner: ownerWithout(match.owner) };
  return { owner: { kind: 'OFFICE', code: profile.secondLineQueue }, ruleId: NO_RULE, inputs: {} };
}

/** Drops the absent section that a parsed profile may carry as undefined. */
function ownerWithout({
  kind,
  code,
  section,
}: {
  kind: Owner['kind'];
  code: string;
  section?: string | undefined;
}): Owner {
  return { kind, code, ...(section === undefined ? {} : { section }) };
}

function onlyText<K extends string>(
  values: Readonly<Record<K, unknown>> | Record<string, unknown>,
): Partial<Record<K, string>> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => typeof value === 'string'),
  ) as Partial<Record<K, string>>;
}
