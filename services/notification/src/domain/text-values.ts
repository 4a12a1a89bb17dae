import { type Language } from '@balagh/case-events';
import { type Names, type Profile } from '@balagh/profile';
import { type CaseFacts } from './case-facts';

/** What a placeholder stands for; sealed values are opened by the handler. */
export type TextValue = { readonly plain: string } | { readonly sealed: string };
export type TextValues = Readonly<Partial<Record<string, TextValue>>>;

/** Left-to-right mark: keeps `2026-05-10` in its order inside an Arabic sentence. */
const LRM = '\u200e';
/** Free texts that may be missing: the sentence stands without them. Any other placeholder needs a value. */
const optional = ['details', 'reply', 'resolution', 'legalClauses', 'links'] as const;

/** Values of all placeholders that the case has at the trigger; see docs/reference/templates.md. */
export function textValues(facts: CaseFacts, rules: Profile, language: Language): TextValues {
  const plain = plainValues(facts, rules, language);
  const sealed = {
    details: facts.form.details,
    reply: facts.trigger.type === 'InquiryAnswered' ? facts.trigger.data.answer : facts.reply?.reply,
    resolution: facts.resolution?.resolution,
  };
  return {
    ...Object.fromEntries(optional.map((name) => [name, { plain: '' }])),
    ...defined(plain, (text) => ({ plain: text })),
    ...defined(sealed, (value) => ({ sealed: value })),
  };
}

function plainValues(
  facts: CaseFacts,
  rules: Profile,
  language: Language,
): Record<string, string | undefined> {
  const { trigger, view, reply } = facts;
  const category = rules.categories.find(({ code }) => code === view.category)?.names;
  const listed = language === 'ar' ? '، ' : ', ';
  return {
    caseNumber: view.caseNumber,
    originalNumber: view.originalNumber ?? originalNumber(facts),
    ...both('agency', agencyNames(facts, rules)),
    ...both('body', bodyOf(facts, rules)?.names),
    ...both('category', category),
    ...both('stage', rules.statusTexts[view.stage]),
    ...both('missing', missingNames(facts)),
    date: dateOf(facts, language),
    n: trigger.type === 'ReminderIssued' ? String(trigger.data.n) : undefined,
    level: trigger.type === 'CaseEscalated' ? String(trigger.data.level) : undefined,
    legalClauses: reply?.legalClauses.join(listed),
    links: bodyOf(facts, rules)?.links.join(' '),
  };
}

function originalNumber({ trigger }: CaseFacts): string | undefined {
  return trigger.type === 'DuplicateDetected' ? trigger.data.originalNumber : undefined;
}

/** Names as the transfer recorded them; reminders look them up. */
function agencyNames({ trigger, owner }: CaseFacts, rules: Profile): Names | undefined {
  if (trigger.type === 'CaseTransferred') return { ar: trigger.data.agencyAr, en: trigger.data.agencyEn };
  return owner?.kind === 'AGENCY' ? rules.agencies.find(({ code }) => code === owner.code)?.names : undefined;
}

/** The body that the reporter is directed to: of a redirect (KWT-06, QAT-07) or of a declined inquiry (KWT-23). */
function bodyOf(
  { trigger }: CaseFacts,
  rules: Profile,
): { names: Names; links: readonly string[] } | undefined {
  const body = (code: string | undefined) => rules.otherBodies.find((other) => other.code === code);
  if (trigger.type === 'PersonalInquiryDeclined') {
    return body(rules.declines.find(({ id }) => id === trigger.data.ruleId)?.portal);
  }
  if (trigger.type !== 'CaseRedirectedOutOfJurisdiction') return undefined;
  const names = { ar: trigger.data.bodyAr, en: trigger.data.bodyEn };
  return { names, links: body(trigger.data.body)?.links ?? [] };
}

function missingNames({ trigger }: CaseFacts): Names | undefined {
  if (trigger.type !== 'RequiredFieldsMissing') return undefined;
  const { missing } = trigger.data;
  return { ar: missing.map(({ ar }) => ar).join('، '), en: missing.map(({ en }) => en).join(', ') };
}

function dateOf({ trigger }: CaseFacts, language: Language): string | undefined {
  const day =
    trigger.type === 'CaseReferred'
      ? trigger.data.referralDate
      : trigger.type === 'SummonsIssued' || trigger.type === 'CaseReferredToProsecution'
        ? trigger.data.date
        : undefined;
  return day === undefined ? undefined : `${language === 'ar' ? LRM : ''}${day}`;
}

function both(name: string, names: Names | undefined): Record<string, string | undefined> {
  return { [`${name}Ar`]: names?.ar, [`${name}En`]: names?.en };
}

function defined<T>(
  values: Record<string, string | undefined>,
  wrap: (value: string) => T,
): Record<string, T> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, wrap(value)]])),
  );
}
